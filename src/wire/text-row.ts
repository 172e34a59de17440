/** Rows of the text protocol: each value as its text, with a length before it; 0xfb is NULL. */
import type { Column } from '../sql/expressions/batch.ts';
import { bytesOfValue, formatterFor, isBinaryResult } from '../sql/types/format.ts';
import { isText, type SqlType } from '../sql/types/sql-type.ts';
import type { Value } from '../tuple/value.ts';
import type { PacketWriter } from './packet-writer.ts';
import { textColumnWriter } from './text-column.ts';
import type { TextEncoding } from './text-encoding.ts';

const NULL = 0xfb;

/** Writes rows from `from` on, at least one, and none at or beyond `to`; answers the next one. */
export type WriteRows = (writer: PacketWriter, columns: readonly Column[], from: number, to: number) => number;

type WriteValue = (writer: PacketWriter, value: Value) => void;

/** Made once a result. */
export function textRowWriter(types: readonly SqlType[], encoding: TextEncoding): WriteRows {
  const writers = types.map((type) => valueWriter(type, encoding));
  const one: WriteRows = (writer, columns, row) => {
    writer.start();
    for (let at = 0; at < writers.length; at++) {
      const value = columns[at]![row]!;
      if (value === null) writer.uint8(NULL);
      else writers[at]!(writer, value);
    }
    writer.end();
    return row + 1;
  };
  return encoding.isUtf8 && types.length === 1 && isText(types[0]!) ? textColumnWriter(0, one) : one;
}

function valueWriter(type: SqlType, encoding: TextEncoding): WriteValue {
  if (isBinaryResult(type)) return (writer, value) => writer.lengthBytes(bytesOfValue(value, type));
  const format = formatterFor(type);
  if (!encoding.isUtf8) return (writer, value) => writer.lengthBytes(encoding.encode(format(value)));
  if (type.kind !== 'integer' && type.kind !== 'decimal') return (writer, value) => writer.lengthText(format(value));
  const scale = type.kind === 'decimal' ? type.scale : 0;
  return (writer, value) => {
    if (isSmall(value)) writer.lengthNumber(value, scale);
    else writer.lengthText(format(value));
  };
}

const isSmall = (value: Value): value is number => typeof value === 'number' && (value | 0) === value;
