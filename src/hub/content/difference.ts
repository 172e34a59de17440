/**
 * What differs between two commits: per table in numbers, its schema, and its rows page by page. Equal parts are skipped
 * unread, and no more changes are counted than a limit: the cost follows the change.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { readCommit } from '../../repo/commit.ts';
import { RootValue } from '../../repo/root-value.ts';
import {
  byNewName,
  currentName,
  fromTable,
  isVisible,
  type TableDelta,
  tableDeltas,
  toTable,
} from '../../repo/table-deltas.ts';
import { diffSummary, PrimaryKeyChangedError, rowChanges } from '../../repo/table-diff.ts';
import { storedType } from '../../sql/catalog/table-columns.ts';
import { compareValues, type Value } from '../../tuple/value.ts';
import { type CellFormat, cellFormat } from './cell.ts';
import type { Reading } from './reading.ts';
import { createText, shownColumns } from './tables.ts';

/** Changes of one table that are counted and paged through. */
export const MOST_COUNTED = 20_000;
/** Milliseconds that counting takes for all tables, and what is counted of each after that. */
const COUNTING_TIME = 250;
const LEAST_COUNTED = 100;

export interface TableDifference {
  readonly delta: TableDelta;
  /** As it is called now, or was. */
  readonly name: string;
  readonly kind: TableDelta['kind'];
  /** What it was called before, where that is another name. */
  readonly formerName: string | undefined;
  readonly isSchemaChanged: boolean;
  readonly isDataChanged: boolean;
  /** CREATE TABLE before and after, where they differ; '' where it is not there. */
  readonly schema: { readonly before: string; readonly after: string } | undefined;
  readonly added: number;
  readonly removed: number;
  readonly modified: number;
  /** False: at least so many. */
  readonly isCounted: boolean;
  /** Rows cannot be paired: the primary key is another. */
  readonly isUnpaired: boolean;
}

/** From a commit, or from nothing, to another. */
export function differenceOf(reading: Reading, from: Address | undefined, to: Address): TableDifference[] {
  const { repository } = reading;
  const before = from === undefined ? RootValue.empty(repository.nodes) : repository.rootOfCommit(from);
  const after = repository.rootOfCommit(to);
  const { clock } = reading.engine.state;
  const deadline = clock.monotonic() + COUNTING_TIME;
  const mayGoOn = (counted: number): boolean =>
    counted < LEAST_COUNTED || (counted < MOST_COUNTED && clock.monotonic() < deadline);
  return byNewName(tableDeltas(before, after))
    .filter(isVisible)
    .map((delta) => tableDifference(delta, mayGoOn));
}

/** The commit before, which a commit is compared with. */
export function parentOf({ repository }: Reading, commit: Address): Address | undefined {
  return readCommit(repository.nodes, commit).parents[0];
}

function tableDifference(delta: TableDelta, mayGoOn: (counted: number) => boolean): TableDifference {
  const { kind, fromName, toName, fromRoot, toRoot } = delta;
  const { schemaChange, dataChange } = diffSummary(delta);
  const before = fromName === undefined ? '' : withoutCounter(createText(fromRoot, fromName));
  const after = toName === undefined ? '' : withoutCounter(createText(toRoot, toName));
  return {
    ...{ delta, kind, name: currentName(delta) },
    formerName: fromName !== undefined && toName !== undefined && fromName !== toName ? fromName : undefined,
    isSchemaChanged: schemaChange && before !== after,
    isDataChanged: dataChange,
    schema: before === after ? undefined : { before, after },
    ...counts(delta, mayGoOn),
  };
}

/** The next number of an AUTO_INCREMENT column moves with the rows. */
const withoutCounter = (text: string): string => text.replace(/(\n\) ENGINE=\w+) AUTO_INCREMENT=\d+/, '$1');

type Counts = Pick<TableDifference, 'added' | 'removed' | 'modified' | 'isCounted' | 'isUnpaired'>;

function counts(delta: TableDelta, mayGoOn: (counted: number) => boolean): Counts {
  const [before, after] = [fromTable(delta), toTable(delta)];
  const none: Counts = { added: 0, removed: 0, modified: 0, isCounted: true, isUnpaired: false };
  if (before === undefined) return { ...none, added: after!.entryCount };
  if (after === undefined) return { ...none, removed: before.entryCount };
  let [added, removed, modified] = [0, 0, 0];
  try {
    for (const { kind } of rowChanges(delta)) {
      if (!mayGoOn(added + removed + modified)) return { ...none, added, removed, modified, isCounted: false };
      if (kind === 'added') added++;
      else if (kind === 'removed') removed++;
      else modified++;
    }
  } catch (error) {
    if (!(error instanceof PrimaryKeyChangedError)) throw error;
    return { ...none, added: after.entryCount, removed: before.entryCount, isUnpaired: true };
  }
  return { ...none, added, removed, modified };
}

export interface DiffColumn {
  readonly name: string;
  readonly isKey: boolean;
  /** Of the values before; undefined where the column was not there. */
  readonly from: CellFormat | undefined;
  readonly to: CellFormat | undefined;
}

export interface DiffRow {
  readonly kind: 'added' | 'removed' | 'modified';
  /** By column: undefined where the row or the column is not there. */
  readonly from: readonly (Value | undefined)[];
  readonly to: readonly (Value | undefined)[];
  /** By column. */
  readonly changed: readonly boolean[];
}

export interface DiffPage {
  readonly columns: readonly DiffColumn[];
  readonly rows: readonly DiffRow[];
  readonly hasMore: boolean;
}

/** `count` changed rows after leaving out `first`. Throws `invalid` where rows cannot be paired. */
export function changedRows(delta: TableDelta, first: number, count: number): DiffPage {
  if (first > MOST_COUNTED)
    throw new DoltError('invalid', `changes beyond ${MOST_COUNTED} are not shown: use dolt_diff()`);
  const [before, after] = [fromTable(delta), toTable(delta)];
  const fromSchema = (before ?? after)!.schema;
  const toSchema = (after ?? before)!.schema;
  const [old, now] = [shownColumns(fromSchema), shownColumns(toSchema)];
  const keys = new Set(toSchema.primaryKey.map((at) => toSchema.columns[at]!.tag));
  const tags = [...now, ...old.filter(({ tag }) => !now.some((column) => column.tag === tag))];
  const places = tags.map(({ tag }) => ({
    from: before === undefined ? -1 : old.findIndex((column) => column.tag === tag),
    to: after === undefined ? -1 : now.findIndex((column) => column.tag === tag),
  }));
  const columns = tags.map(({ name, tag }, i): DiffColumn => {
    const { from, to } = places[i]!;
    return {
      ...{ name, isKey: keys.has(tag) },
      from: from < 0 ? undefined : cellFormat(storedType(old[from]!.sqlType)),
      to: to < 0 ? undefined : cellFormat(storedType(now[to]!.sqlType)),
    };
  });
  const rows: DiffRow[] = [];
  let at = 0;
  for (const change of rowChanges(delta)) {
    if (rows.length === count) return { columns, rows, hasMore: true };
    if (at++ < first) continue;
    const from = places.map((place) => (place.from < 0 ? undefined : change.from?.[place.from]));
    const to = places.map((place) => (place.to < 0 ? undefined : change.to?.[place.to]));
    const changed = columns.map((_, i) => change.kind === 'modified' && !sameCell(from[i], to[i]));
    rows.push({ kind: change.kind, from, to, changed });
  }
  return { columns, rows, hasMore: false };
}

/** A column that was not there had no value. */
function sameCell(from: Value | undefined, to: Value | undefined): boolean {
  const [before, after] = [from ?? null, to ?? null];
  // The column's type has changed.
  if (before !== null && after !== null && typeof before !== typeof after) return false;
  return compareValues(before, after) === 0;
}
