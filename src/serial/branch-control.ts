/**
 * The file of branch permissions, `branch_control.db`: two logs of what was inserted and deleted, and the rules about names of
 * branches once more as they stand, with the weights that their patterns are matched by. Written as the original writes it,
 * byte by byte: equal strings are shared throughout the file. Only the four bytes where serial messages have their prefix are
 * zero here; there they are what the memory held.
 */
import { DoltError } from '../base/errors.ts';
import { FlatbufferBuilder, type Offset } from './flatbuffer-builder.ts';
import { type FlatbufferTable, tableBehindPrefix } from './flatbuffer-table.ts';

/** A pattern for each: `%` is any characters, `_` is one, `\` takes the next as it is. */
export interface RulePatterns {
  readonly database: string;
  readonly branch: string;
  readonly user: string;
  readonly host: string;
}

export interface LoggedChange extends RulePatterns {
  readonly isInsert: boolean;
  /** Bits: 1 admin, 2 write, 4 merge, 8 read. */
  readonly permissions: number;
}

/** One weight a character; -1 is `_`, -2 is `%`. */
export type PatternWeights = readonly number[];

export interface NamespaceRuleMessage extends RulePatterns {
  readonly weights: Readonly<Record<keyof RulePatterns, PatternWeights>>;
}

export interface BranchControlMessage {
  /** Every change of the permissions since the file began: they are what is left of it. */
  readonly accessLog: readonly LoggedChange[];
  readonly namespaceLog: readonly LoggedChange[];
  readonly namespace: readonly NamespaceRuleMessage[];
}

const FILE_ID = 'BRCL';
const LOG_VERSION = 1;
const SLOTS = { file: 2, side: 6, log: 2, change: 6, expression: 2, value: 5 } as const;
const COLUMNS = ['database', 'branch', 'user', 'host'] as const;

export function readBranchControl(bytes: Uint8Array): BranchControlMessage {
  const file = tableBehindPrefix(bytes, FILE_ID, SLOTS.file);
  const access = file.table(0, SLOTS.side);
  const namespace = file.table(1, SLOTS.side);
  if (access === undefined || namespace === undefined)
    throw new DoltError('corrupt', 'one of its two lists is missing');
  return {
    accessLog: readLog(access),
    namespaceLog: readLog(namespace),
    namespace: readNamespace(namespace),
  };
}

function readLog(side: FlatbufferTable): LoggedChange[] {
  const log = side.table(0, SLOTS.log);
  if (log === undefined) throw new DoltError('corrupt', 'the log of its changes is missing');
  const version = log.uint32(1);
  return log.tables(0, SLOTS.change).map((change) => {
    const permissions = Number(change.uint64(5));
    return {
      isInsert: change.boolean(0),
      ...readPatterns(change, 1),
      permissions: version === 0 ? withMerge(permissions) : permissions,
    };
  });
}

/** Before there was `merge`, 4 meant reading, which is 8 since. */
function withMerge(permissions: number): number {
  return (permissions & 4) === 0 ? permissions : (permissions & ~4) | 8;
}

function readPatterns(table: FlatbufferTable, first: number): RulePatterns {
  const [database, branch, user, host] = COLUMNS.map((_, i) => table.string(first + i));
  return { database: database!, branch: branch!, user: user!, host: host! };
}

function readNamespace(side: FlatbufferTable): NamespaceRuleMessage[] {
  const columns = COLUMNS.map((_, i) => side.tables(1 + i, SLOTS.expression).map((expression) => expression.int32s(1)));
  const values = side.tables(5, SLOTS.value);
  if (columns.some(({ length }) => length !== values.length)) {
    throw new DoltError('corrupt', 'its rules about names differ in their number of patterns');
  }
  return values.map((value, row) => {
    const [database, branch, user, host] = columns.map((weights) => weights[row]!);
    const weights = { database: database!, branch: branch!, user: user!, host: host! };
    return { ...readPatterns(value, 0), weights };
  });
}

export function writeBranchControl({ accessLog, namespaceLog, namespace }: BranchControlMessage): Uint8Array {
  const builder = new FlatbufferBuilder();
  const strings = new Map<string, Offset>();
  const shared = (text: string): Offset => {
    const known = strings.get(text);
    if (known !== undefined) return known;
    const offset = builder.string(text);
    strings.set(text, offset);
    return offset;
  };
  const access = writeSide(builder, writeLog(builder, accessLog, shared), []);
  const names = writeNamespace(builder, writeLog(builder, namespaceLog, shared), namespace, shared);
  builder.startTable(SLOTS.file);
  builder.addOffset(0, access);
  builder.addOffset(1, names);
  const message = builder.finish(builder.endTable(), FILE_ID);
  return message.fill(0, 0, 4);
}

type Shared = (text: string) => Offset;

function writeLog(builder: FlatbufferBuilder, changes: readonly LoggedChange[], shared: Shared): Offset {
  const offsets = changes.map((change) => {
    const patterns = COLUMNS.map((column) => shared(change[column]));
    builder.startTable(SLOTS.change);
    builder.addBoolean(0, change.isInsert);
    patterns.forEach((offset, i) => {
      builder.addOffset(1 + i, offset);
    });
    builder.addInt64(5, change.permissions);
    return builder.endTable();
  });
  const rows = builder.offsets(offsets);
  builder.startTable(SLOTS.log);
  builder.addOffset(0, rows);
  builder.addUint32(1, LOG_VERSION);
  return builder.endTable();
}

function writeNamespace(
  builder: FlatbufferBuilder,
  log: Offset,
  rules: readonly NamespaceRuleMessage[],
  shared: Shared,
): Offset {
  const columns = COLUMNS.map((column) =>
    rules.map(({ weights }, row) => {
      const orders = builder.int32s(weights[column]);
      builder.startTable(SLOTS.expression);
      builder.addUint32(0, row);
      builder.addOffset(1, orders);
      return builder.endTable();
    }),
  );
  const values = rules.map((rule) => {
    const patterns = COLUMNS.map((column) => shared(rule[column]));
    builder.startTable(SLOTS.value);
    patterns.forEach((offset, i) => {
      builder.addOffset(i, offset);
    });
    return builder.endTable();
  });
  return writeSide(
    builder,
    log,
    [...columns, values].map((offsets) => builder.offsets(offsets)),
  );
}

function writeSide(builder: FlatbufferBuilder, log: Offset, vectors: readonly Offset[]): Offset {
  builder.startTable(SLOTS.side);
  builder.addOffset(0, log);
  vectors.forEach((offset, i) => {
    builder.addOffset(1 + i, offset);
  });
  return builder.endTable();
}
