/** The prepared statements of one connection, by the numbers that its client knows them by. */
import type { Batch } from '../sql/expressions/batch.ts';
import type { TypedValue } from '../sql/expressions/session-view.ts';
import type { ResultColumn } from '../sql/session/statement-result.ts';
import type { ParsedStatement } from '../sql/syntax/parse.ts';
import { SqlError } from '../sql/types/sql-error.ts';
import { NULL_TYPE } from '../sql/types/sql-type.ts';
import { bytesParameter, type ParameterType, readParameter, readParameterTypes } from '../wire/parameters.ts';
import type { PayloadReader } from '../wire/payload-reader.ts';
import type { TextEncoding } from '../wire/text-encoding.ts';
import { MalformedPacketError } from '../wire/wire-error.ts';
import { unknownPreparedStatement } from './server-error.ts';

/** Rows that wait for COM_STMT_FETCH. */
export interface Cursor {
  readonly columns: readonly ResultColumn[];
  readonly batches: Batch[];
  /** Row of the first batch that is next. */
  row: number;
}

export interface PreparedStatement {
  readonly id: number;
  readonly parsed: ParsedStatement;
  types: readonly ParameterType[];
  /** Parameters that came in pieces, by ordinal. */
  readonly longData: Map<number, Buffer[]>;
  /** Bytes that came, those of pieces that were too many to keep among them. */
  longDataBytes: number;
  cursor: Cursor | undefined;
}

export class PreparedStatements {
  readonly #statements = new Map<number, PreparedStatement>();
  #last = 0;

  get size(): number {
    return this.#statements.size;
  }

  add(parsed: ParsedStatement, most: number): PreparedStatement {
    if (this.#statements.size >= most) {
      throw new SqlError(
        1461,
        '42000',
        `Can't create more than max_prepared_stmt_count statements (current value: ${most})`,
        'unavailable',
      );
    }
    const id = ++this.#last;
    const statement: PreparedStatement = {
      id,
      parsed,
      types: [],
      longData: new Map(),
      longDataBytes: 0,
      cursor: undefined,
    };
    this.#statements.set(id, statement);
    return statement;
  }

  get(id: number): PreparedStatement | undefined {
    return this.#statements.get(id);
  }

  /** Throws 1243. */
  mustGet(id: number, command: string): PreparedStatement {
    const statement = this.#statements.get(id);
    if (statement === undefined) throw unknownPreparedStatement(id, command);
    return statement;
  }

  close(id: number): void {
    this.#statements.delete(id);
  }

  clear(): void {
    this.#statements.clear();
  }
}

/** Keeps a piece of a parameter; of more than `most` bytes none is kept. */
export function addLongData(statement: PreparedStatement, ordinal: number, piece: Buffer, most: number): void {
  statement.longDataBytes += piece.length;
  if (statement.longDataBytes > most) {
    statement.longData.clear();
    return;
  }
  const pieces = statement.longData.get(ordinal) ?? [];
  pieces.push(Buffer.from(piece));
  statement.longData.set(ordinal, pieces);
}

/** Forgets what came of an execution that has not been asked for, and its cursor. */
export function resetStatement(statement: PreparedStatement): void {
  if (statement.longData.size > 0) statement.longData.clear();
  statement.longDataBytes = 0;
  statement.cursor = undefined;
}

export interface Execution {
  readonly wantsCursor: boolean;
  readonly parameters: readonly TypedValue[];
}

const READ_ONLY_CURSOR = 1;

/** `reader` stands behind the statement's id. */
export function readExecution(reader: PayloadReader, statement: PreparedStatement, encoding: TextEncoding): Execution {
  const flags = reader.uint8();
  // Always 1 execution.
  reader.uint32();
  const wantsCursor = (flags & READ_ONLY_CURSOR) !== 0;
  const count = statement.parsed.parameters;
  if (count === 0) return { wantsCursor, parameters: [] };
  const nulls = reader.slice((count + 7) >> 3);
  if (reader.uint8() === 1) statement.types = readParameterTypes(reader, count);
  if (statement.types.length !== count) throw new MalformedPacketError('the types of the parameters are missing');
  const { types, longData } = statement;
  const parameters: TypedValue[] = [];
  for (let at = 0; at < count; at++) {
    const pieces = longData.size > 0 ? longData.get(at) : undefined;
    if (pieces !== undefined) parameters.push(bytesParameter(Buffer.concat(pieces), types[at]!.code, encoding));
    else if ((nulls[at >> 3]! & (1 << (at & 7))) !== 0) parameters.push(NULL);
    else parameters.push(readParameter(reader, types[at]!, encoding));
  }
  return { wantsCursor, parameters };
}

const NULL: TypedValue = { type: NULL_TYPE, value: null };
