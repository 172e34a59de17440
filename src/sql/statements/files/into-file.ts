/** SELECT … INTO OUTFILE and INTO DUMPFILE: rows into a new file on the engine's side, as LOAD DATA reads them. */
import type { DiskFile } from '../../../base/disk.ts';
import type { Steps } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import type { Batch } from '../../expressions/batch.ts';
import { ok, type StatementResult } from '../../session/statement-result.ts';
import type { IntoFile } from '../../syntax/ast/query.ts';
import { formatterFor } from '../../types/format.ts';
import { tooManyRows } from '../../types/sql-error.ts';
import { isNumeric, type SqlType } from '../../types/sql-type.ts';
import { forEachBatch, type RunningQuery } from '../query.ts';
import type { StatementScene } from '../scene.ts';
import { type FileCharset, fileCharset } from './charset.ts';
import { type DelimitedFormat, delimitedFormat } from './delimited-format.ts';
import { createServerFile } from './server-file.ts';

/** Throws 1086 where the file is there, 1172 where there is more than one row for a DUMPFILE. */
export function* intoFile(
  into: IntoFile,
  { columns, rows }: RunningQuery,
  scene: StatementScene,
): Steps<StatementResult> {
  const types = columns.map(({ type }) => type);
  const bytesOf = into.kind === 'dumpfile' ? dumped(types) : delimited(types, into);
  const { file, abandon } = createServerFile(into.path, scene);
  const sink = new Appending(file);
  let count = 0;
  try {
    yield* forEachBatch(rows, (batch) => {
      count += batch.length;
      if (into.kind === 'dumpfile' && count > 1) throw tooManyRows();
      sink.append(bytesOf(batch));
    });
    file.sync('into-file:sync');
  } catch (error) {
    abandon();
    throw error;
  }
  file.close();
  return ok({ affectedRows: count });
}

class Appending {
  readonly #file: DiskFile;
  #at = 0;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  append(bytes: Uint8Array): void {
    this.#file.write('into-file:write', bytes, this.#at);
    this.#at += bytes.length;
  }
}

type BytesOf = (batch: Batch) => Uint8Array;

/** The values as they are, one after the other. */
function dumped(types: readonly SqlType[]): BytesOf {
  const formats = types.map(formatterFor);
  return ({ length, columns }) => {
    const pieces: Uint8Array[] = [];
    for (let row = 0; row < length; row++) {
      for (const [i, format] of formats.entries()) pieces.push(rawBytes(columns[i]![row]!, format));
    }
    return Buffer.concat(pieces);
  };
}

function rawBytes(value: Value, format: (value: NonNullable<Value>) => string): Uint8Array {
  if (value === null) return new Uint8Array(0);
  return value instanceof Uint8Array ? value : Buffer.from(format(value));
}

function delimited(types: readonly SqlType[], { format: given }: Extract<IntoFile, { kind: 'outfile' }>): BytesOf {
  const format = delimitedFormat(given);
  const charset = fileCharset(given);
  const texts = types.map((type) => fieldText(type, format, charset));
  const { fieldEnd, lineStart, lineEnd } = format;
  return ({ length, columns }) => {
    let text = '';
    for (let row = 0; row < length; row++) {
      const fields = texts.map((textOf, i) => textOf(columns[i]![row]!));
      text += `${lineStart}${fields.join(fieldEnd)}${lineEnd}`;
    }
    return Buffer.from(text, 'latin1');
  };
}

/** A value as bytes, a character each, enclosed and escaped. */
function fieldText(type: SqlType, format: DelimitedFormat, charset: FileCharset): (value: Value) => string {
  const { enclosureByte, escapeByte, optionallyEnclosed } = format;
  const print = formatterFor(type);
  const escapes = escapeByte < 0 ? '' : String.fromCharCode(escapeByte);
  const encloses = enclosureByte >= 0 && !(optionallyEnclosed && isNumeric(type));
  const around = encloses ? String.fromCharCode(enclosureByte) : '';
  const special = specialBytes(format, around);
  const nothing = escapeByte < 0 ? 'NULL' : `${escapes}N`;
  return (value) => {
    if (value === null) return nothing;
    const bytes = value instanceof Uint8Array ? Buffer.from(value) : charset.encode(print(value));
    const text = bytes.toString('latin1');
    const safe = escapeByte < 0 ? text : text.replace(special, (byte) => escapes + (byte === '\0' ? '0' : byte));
    return `${around}${safe}${around}`;
  };
}

/** What would be taken for something else when the file is read. */
function specialBytes({ escapeByte, fieldEnd, lineEnd }: DelimitedFormat, around: string): RegExp {
  const bytes = `\0${escapeByte < 0 ? '' : String.fromCharCode(escapeByte)}${around || fieldEnd[0]}${lineEnd.slice(0, 1)}`;
  return new RegExp(`[${bytes.replace(/[\\\]^-]/g, '\\$&')}]`, 'g');
}
