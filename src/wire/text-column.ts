/**
 * Rows of one text column, many at once: texts are joined, with room for what stands before each, and turned into bytes together.
 * One call into the runtime for each text takes longer than all that is done for its row besides.
 */
import type { Column } from '../sql/expressions/batch.ts';
import type { PacketWriter } from './packet-writer.ts';
import type { WriteRows } from './text-row.ts';

/** Rows that are written at once: not so many that an answer that is sent in parts outgrows the writer's buffer. */
const SEVERAL = 48;
/** Characters of a text whose length takes one byte, if they are of ASCII. */
const MOST_CHARACTERS = 0xfa;

/** `zeros`: how many zero bytes come before the text. `one` writes what is not a short text of ASCII. */
export function textColumnWriter(zeros: number, one: WriteRows): WriteRows {
  // Where one text is not, others are not either.
  let isAscii = true;
  return (writer: PacketWriter, columns, from, to) => {
    const count = isAscii ? shortTexts(columns[0]!, from, Math.min(to, from + SEVERAL)) : 0;
    if (count < 2) return one(writer, columns, from, to);
    isAscii = writer.asciiPackets(zeros, columns[0]!.slice(from, from + count) as string[]);
    return isAscii ? from + count : one(writer, columns, from, to);
  };
}

/** How many values from `from` on are short texts. */
function shortTexts(column: Column, from: number, to: number): number {
  let at = from;
  for (; at < to; at++) {
    const value = column[at];
    if (typeof value !== 'string' || value.length > MOST_CHARACTERS) break;
  }
  return at - from;
}
