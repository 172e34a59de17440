/**
 * What may be written to `dolt_workspace_<table>`: `staged`, which takes a change of a row into the staged root or out of it
 * again, and DELETE, which takes an unstaged change back.
 */
import { declaredBy, referencing } from '../../repo/foreign-keys.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { fullTextEditor } from '../../table/full-text/full-text-editor.ts';
import { Table } from '../../table/table.ts';
import { type Row, TableEditor } from '../../table/table-editor.ts';
import type { Value } from '../../tuple/value.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import type { SystemTableWriter } from '../catalog/system-table.ts';
import { SqlError } from '../types/sql-error.ts';

/** `id`, `staged`, `diff_type` come before the new and the old side. */
const BEFORE_ROWS = 3;
const STAGED = 1;

type Part = 'working' | 'staged';

/** `width`: the columns of a side. */
export function workspaceWriter(view: DatabaseView, suffix: string, width: number): SystemTableWriter | undefined {
  const { replaceTable } = view;
  if (replaceTable === undefined) return undefined;
  const { working, staged } = view.workingSet();
  const head = view.headRoot();
  const name = working.resolveTableName(suffix) ?? staged.resolveTableName(suffix);
  if (name === undefined) return undefined;
  const targets = { working: undefined, staged: undefined } as Record<Part, Target | undefined>;
  const target = (part: Part): Target => {
    assertOneSchema(name, [head, staged, working]);
    targets[part] ??= new Target(name, part === 'working' ? working : staged, working);
    return targets[part];
  };
  const sides = (row: readonly Value[]): [to: Row | undefined, from: Row | undefined] => {
    const side = (start: number): Row | undefined => {
      const values = row.slice(start, start + width);
      return values.every((value) => value === null) ? undefined : values;
    };
    return [side(BEFORE_ROWS), side(BEFORE_ROWS + width)];
  };
  return {
    update(from, to) {
      if (from.some((value, at) => at !== STAGED && value !== to[at])) {
        throw new SqlError(1105, 'HY000', "only update of column 'staged' is allowed");
      }
      if (from[STAGED] === to[STAGED]) return;
      const [now, before] = sides(from);
      const [source, wanted, current] = to[STAGED] ? [working, now, before] : [head, before, now];
      target('staged').change(source, wanted, current);
    },
    delete(row) {
      assertUnstaged(row);
      const [now, before] = sides(row);
      target('working').change(staged, before, now);
    },
    reverts: isBound(name, working)
      ? {
          table: name,
          of(row) {
            assertUnstaged(row);
            assertOneSchema(name, [head, staged, working]);
            const [now, before] = sides(row);
            const { primaryKey, isKeyless } = working.table(name)!.schema;
            if (isKeyless) return { key: undefined, now, before };
            const key = primaryKey.map((at) => (before ?? now)![at]!);
            const table = staged.table(name);
            return { key, now, before: table && new TableEditor(table).get(key) };
          },
        }
      : undefined,
    finish() {
      for (const part of ['working', 'staged'] as const) {
        for (const [table, next] of targets[part]?.finish() ?? []) replaceTable(table, next, part);
      }
    },
  };
}

/** Whether foreign keys bind rows of the table to others. */
function isBound(name: string, root: RootValue): boolean {
  const keys = root.foreignKeys();
  return root.hasTable(name) && declaredBy(keys, name).length + referencing(keys, name).length > 0;
}

function assertUnstaged(row: readonly Value[]): void {
  if (row[STAGED]) throw new SqlError(1105, 'HY000', 'cannot delete staged rows from workspace');
}

function assertOneSchema(name: string, roots: readonly RootValue[]): void {
  const schemas = new Set(roots.flatMap((root) => root.table(name)?.schemaAddress ?? []));
  if (schemas.size < 2) return;
  throw new SqlError(1105, 'HY000', `dolt_workspace_${name} table is not modifiable due to schema change`);
}

/** The table of one root while its rows change. What goes makes room before anything comes. */
class Target {
  readonly #name: string;
  readonly #table: Table;
  readonly #editor: TableEditor;
  readonly #fullText: ReturnType<typeof fullTextEditor>;
  readonly #coming: Row[] = [];

  constructor(name: string, root: RootValue, working: RootValue) {
    this.#name = name;
    // A new table is staged with its first rows.
    this.#table = root.table(name) ?? Table.create(root.nodes, working.table(name)!.schema);
    this.#fullText = fullTextEditor(this.#table.schema, (part) => root.table(part));
    this.#editor = new TableEditor(this.#table, { rows: this.#fullText });
  }

  /** Makes the row what it is in `source`; `wanted` and `current` are what is seen of it. */
  change(source: RootValue, wanted: Row | undefined, current: Row | undefined): void {
    const { primaryKey, isKeyless } = this.#table.schema;
    if (isKeyless) {
      if (current !== undefined) this.#editor.delete(current);
      if (wanted !== undefined) this.#coming.push(wanted);
      return;
    }
    const key = primaryKey.map((at) => (wanted ?? current)![at]!);
    const stored = this.#editor.get(key);
    if (stored !== undefined) this.#editor.delete(stored);
    const table = source.table(this.#name);
    const next = table && new TableEditor(table).get(key);
    if (next !== undefined) this.#coming.push(next);
  }

  *finish(): Generator<readonly [string, Table], void> {
    for (const row of this.#coming) this.#editor.insert(row);
    yield [this.#name, this.#editor.finish()];
    yield* this.#fullText?.finish() ?? [];
  }
}
