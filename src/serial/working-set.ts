/** WorkingSet (WRST), FORMAT.md §3.6. */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { createAddress, readAddressField } from './address-fields.ts';
import { FlatbufferBuilder, type Offset } from './flatbuffer-builder.ts';
import { type FlatbufferTable, openMessage } from './flatbuffer-table.ts';

export interface WorkingSetMessage {
  readonly working: Address;
  /** The empty address when absent. */
  readonly staged: Address;
  readonly name: string;
  readonly email: string;
  readonly description: string;
  /** Unix **seconds**, whatever the stored field is called. */
  readonly timestampSeconds: number;
  readonly merge?: MergeStateMessage | undefined;
  readonly rebase?: RebaseStateMessage | undefined;
}

export interface MergeStateMessage {
  /** The working root before the merge. */
  readonly preMergeWorking: Address;
  readonly fromCommit: Address;
  readonly fromSpec: string;
  readonly unmergableTables: readonly string[];
  readonly isCherryPick: boolean;
  readonly isRevert: boolean;
  /** The head when the merge began. */
  readonly preMergeHead?: Address | undefined;
  /** Commits still to be applied. */
  readonly pendingCommits?: readonly string[] | undefined;
}

export interface RebaseStateMessage {
  readonly preRebaseWorking: Address;
  readonly branch: string;
  readonly ontoCommit: Address;
  readonly emptyCommitHandling: number;
  readonly becomesEmptyHandling: number;
  readonly lastStep: number;
  readonly started: boolean;
  readonly skipVerification: boolean;
}

export function readWorkingSet(bytes: Uint8Array): WorkingSetMessage {
  const table = openMessage(bytes, 'WRST', 8);
  const merge = table.table(6, 8);
  const rebase = table.table(7, 8);
  return {
    working: readAddressField(table, 0),
    staged: readAddressField(table, 1),
    name: table.string(2),
    email: table.string(3),
    description: table.string(4),
    timestampSeconds: table.safeUint64(5),
    merge: merge && readMergeState(merge),
    rebase: rebase && readRebaseState(rebase),
  };
}

function readMergeState(table: FlatbufferTable): MergeStateMessage {
  return {
    preMergeWorking: readAddressField(table, 0),
    fromCommit: readAddressField(table, 1),
    fromSpec: table.string(2),
    unmergableTables: table.strings(3),
    isCherryPick: table.boolean(4),
    isRevert: table.boolean(5),
    preMergeHead: table.has(6) ? readAddressField(table, 6) : undefined,
    pendingCommits: table.has(7) ? table.strings(7) : undefined,
  };
}

function readRebaseState(table: FlatbufferTable): RebaseStateMessage {
  return {
    preRebaseWorking: readAddressField(table, 0),
    branch: table.string(1),
    ontoCommit: readAddressField(table, 2),
    emptyCommitHandling: table.uint8(3),
    becomesEmptyHandling: table.uint8(4),
    lastStep: table.float32(5),
    started: table.boolean(6),
    skipVerification: table.boolean(7),
  };
}

export function writeWorkingSet(set: WorkingSetMessage): Uint8Array {
  const builder = new FlatbufferBuilder();
  const working = createAddress(builder, set.working);
  const staged = set.staged === EMPTY_ADDRESS ? 0 : createAddress(builder, set.staged);
  const merge = set.merge ? createMergeState(builder, set.merge) : 0;
  const rebase = set.rebase ? createRebaseState(builder, set.rebase) : 0;
  const name = builder.string(set.name);
  const email = builder.string(set.email);
  const description = builder.string(set.description);
  builder.startTable(8);
  builder.addOffset(0, working);
  builder.addOffset(1, staged);
  builder.addOffset(6, merge);
  builder.addOffset(7, rebase);
  builder.addOffset(2, name);
  builder.addOffset(3, email);
  builder.addOffset(4, description);
  builder.addInt64(5, set.timestampSeconds);
  return builder.finish(builder.endTable(), 'WRST');
}

function createMergeState(builder: FlatbufferBuilder, merge: MergeStateMessage): Offset {
  const working = createAddress(builder, merge.preMergeWorking);
  const from = createAddress(builder, merge.fromCommit);
  const spec = builder.string(merge.fromSpec);
  const unmergable = builder.strings(merge.unmergableTables);
  const head = merge.preMergeHead === undefined ? 0 : createAddress(builder, merge.preMergeHead);
  const pending = merge.pendingCommits?.length ? builder.strings(merge.pendingCommits) : 0;
  builder.startTable(8);
  builder.addOffset(0, working);
  builder.addOffset(1, from);
  builder.addOffset(2, spec);
  builder.addOffset(3, unmergable);
  builder.addBoolean(4, merge.isCherryPick);
  builder.addBoolean(5, merge.isRevert);
  builder.addOffset(6, head);
  builder.addOffset(7, pending);
  return builder.endTable();
}

function createRebaseState(builder: FlatbufferBuilder, rebase: RebaseStateMessage): Offset {
  const working = createAddress(builder, rebase.preRebaseWorking);
  const onto = createAddress(builder, rebase.ontoCommit);
  const branch = builder.string(rebase.branch);
  builder.startTable(8);
  builder.addOffset(0, working);
  builder.addOffset(1, branch);
  builder.addOffset(2, onto);
  builder.addUint8(4, rebase.becomesEmptyHandling);
  builder.addUint8(3, rebase.emptyCommitHandling);
  builder.addFloat32(5, rebase.lastStep);
  builder.addBoolean(6, rebase.started);
  builder.addBoolean(7, rebase.skipVerification);
  return builder.endTable();
}
