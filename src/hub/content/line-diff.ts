/** Which lines of two short texts are the same: for CREATE statements. */

export interface DiffLine {
  /** `gap`: lines that are the same, left out. */
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
}

/** Texts with more lines are taken as wholly different. */
const MOST_LINES = 1500;

/** By the longest common subsequence; removed lines stand before the added ones that take their place. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  const line = (kind: 'added' | 'removed') => (text: string) => ({ kind, text });
  if (a.length > MOST_LINES || b.length > MOST_LINES) return [...a.map(line('removed')), ...b.map(line('added'))];
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [down, right] = [longest[(i + 1) * width + j]!, longest[i * width + j + 1]!];
      longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1]! + 1 : Math.max(down, right);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i]! });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) {
      lines.push({ kind: 'removed', text: a[i++]! });
    } else {
      lines.push({ kind: 'added', text: b[j++]! });
    }
  }
  return lines;
}

/** Lines that stay around each change. */
const CONTEXT = 2;

/** Without what is the same far from any change. */
export function hunks(lines: readonly DiffLine[]): DiffLine[] {
  const isNear = (at: number): boolean =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== 'same');
  const near = lines.map((_, at) => isNear(at));
  return lines.flatMap((line, at): DiffLine[] => {
    if (near[at]) return [line];
    return at > 0 && !near[at - 1] ? [] : [{ kind: 'gap', text: '' }];
  });
}
