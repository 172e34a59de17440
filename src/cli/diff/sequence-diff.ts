/** The shortest edit between two sequences of lines or letters. */

/** In both, only before, only after. */
export type Mark = ' ' | '-' | '+';

/** Beyond this many comparisons the sequences count as wholly different: the edit is for people to read. */
const MOST_COMPARISONS = 4_000_000;

export function sequenceDiff(before: readonly string[], after: readonly string[]): [Mark, string][] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++;
  }
  const same = (text: string): [Mark, string] => [' ', text];
  return [
    ...before.slice(0, start).map(same),
    ...edit(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function edit(before: readonly string[], after: readonly string[]): [Mark, string][] {
  const common = commonLengths(before, after);
  const parts: [Mark, string][] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (common && i < before.length && j < after.length && before[i] === after[j]) {
      parts.push([' ', before[i++]!]);
      j++;
    } else if (i < before.length && (j === after.length || !common || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      parts.push(['-', before[i++]!]);
    } else parts.push(['+', after[j++]!]);
  }
  return parts;
}

/** Lengths of the longest common subsequence from each pair of places on; undefined where that is too much work. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] | undefined {
  if (before.length * after.length > MOST_COMPARISONS) return undefined;
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i]![j] =
        before[i] === after[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  return common;
}
