/** Whether two answers are the same, as far as SQL says what they are. */
import type { Answer } from './peers.ts';

/** Digits of FLOAT and DOUBLE that have to agree: the last ones hang on the order of additions. */
const DIGITS = 10;

/** A text for each answer that is equal where the answers are. Rows are a bag unless `ordered`. */
export function canonical(answer: Answer, ordered = false): string {
  if ('errno' in answer) return `error ${answer.errno}`;
  if ('affected' in answer) return `affected ${answer.affected}`;
  const lines = answer.rows.map((row) =>
    row
      .map((text, c) => (text === null ? 'NULL' : answer.approximate[c] ? shortened(text) : JSON.stringify(text)))
      .join(' | '),
  );
  return (ordered ? lines : lines.sort()).join('\n');
}

function shortened(text: string): string {
  const number = Number(Number(text).toPrecision(DIGITS));
  return String(number === 0 ? 0 : number);
}
