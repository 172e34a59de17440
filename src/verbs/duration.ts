/** Durations as Go writes them (https://pkg.go.dev/time#ParseDuration): `1h30m`, `90s`, `1.5h`. */

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g;

/** Milliseconds; undefined for what is none. Negative ones are none here. */
export function durationOf(text: string): number | undefined {
  if (text === '0') return 0;
  if (text === '' || text.replace(PART, '') !== '') return undefined;
  return [...text.matchAll(PART)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
}
