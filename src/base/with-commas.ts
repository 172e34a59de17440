/** `1234567` as `1,234,567`. Loading the rules of languages for it takes longer than a small command. */
export function withCommas(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
