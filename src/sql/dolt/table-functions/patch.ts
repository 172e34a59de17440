/** `dolt_patch('from', 'to' [, 'table'])`: the statements that turn one revision into another, schema before data. */
import { DATABASE_PREFIX } from '../../../repo/status.ts';
import { currentName, isVisible, type TableDelta, tableDeltas } from '../../../repo/table-deltas.ts';
import { PrimaryKeyChangedError } from '../../../repo/table-diff.ts';
import { collationById } from '../../../tuple/collation.ts';
import type { Value } from '../../../tuple/value.ts';
import { changedRows, diffColumns } from '../../catalog/changed-rows.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
import { rowStatement } from '../../catalog/row-statements.ts';
import { schemaStatements } from '../../catalog/schema-statements.ts';
import { quoteName } from '../../syntax/print-expression.ts';
import { LONGTEXT, UNSIGNED_BIGINT } from '../../types/sql-type.ts';
import type { DiffSide } from '../diff-rows.ts';
import type { DoltTableFunction, TableFunctionScene } from './list.ts';
import { diffArguments, sidesOf } from './revisions.ts';

const TEXTS = ['from_commit_hash', 'to_commit_hash', 'table_name', 'diff_type', 'statement'];

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    const { from, to, fromMergeBase, table } = diffArguments('dolt_patch', args, false);
    const { view, left, right } = sidesOf(scene, from, to, fromMergeBase);
    const isThere = ({ root }: DiffSide): boolean => table !== undefined && root.resolveTableName(table) !== undefined;
    if (table !== undefined && !isThere(left) && !isThere(right)) throw scene.noTable(table);
    const revision = ({ commit }: DiffSide): string =>
      /^(WORKING|STAGED)$/.test(commit) ? commit : view.resolveCommit(commit);
    return {
      kind: 'virtual',
      database: view.name,
      name: 'dolt_patch',
      columns: [
        { name: 'statement_order', type: UNSIGNED_BIGINT, nullable: false, key: 'PRI' },
        ...TEXTS.map((name) => ({ name, type: LONGTEXT, nullable: false })),
      ],
      *rows(): Generator<Value[], void> {
        let order = 0;
        for (const [name, kind, statement] of patch(view, left, right, table, scene)) {
          yield [++order, revision(left), revision(right), name, kind, statement];
        }
      },
    };
  },
};

type Statement = readonly [table: string, kind: 'schema' | 'data', statement: string];

function* patch(
  view: DatabaseView,
  left: DiffSide,
  right: DiffSide,
  table: string | undefined,
  scene: TableFunctionScene,
): Generator<Statement, void> {
  const deltas = tableDeltas(left.root, right.root).filter(isVisible);
  const ofTable = ({ fromName, toName }: TableDelta): boolean =>
    table === undefined || [fromName, toName].some((name) => name?.toLowerCase() === table.toLowerCase());
  const wanted = deltas.filter(ofTable).sort((a, b) => (currentName(a) < currentName(b) ? -1 : 1));
  // Tables that go make room for those that come.
  for (const delta of wanted) if (delta.kind === 'dropped') yield* statementsOf(delta, scene);
  if (table === undefined && left.root.collation !== right.root.collation) {
    const collation = collationById(right.root.collation)!.name;
    yield [
      `${DATABASE_PREFIX}${view.name}`,
      'schema',
      `ALTER DATABASE ${quoteName(view.name)} COLLATE='${collation}';`,
    ];
  }
  for (const delta of wanted) if (delta.kind !== 'dropped') yield* statementsOf(delta, scene);
}

function* statementsOf(delta: TableDelta, { functions }: TableFunctionScene): Generator<Statement, void> {
  const name = currentName(delta);
  for (const statement of schemaStatements(delta)) yield [name, 'schema', statement];
  // DROP TABLE has taken the rows along.
  if (delta.kind === 'dropped') return;
  const columns = diffColumns(delta);
  try {
    for (const row of changedRows(delta, columns)) {
      const statement = rowStatement(name, columns, row);
      if (statement !== undefined) yield [name, 'data', statement];
    }
  } catch (error) {
    if (!(error instanceof PrimaryKeyChangedError)) throw error;
    const message = `Primary key sets differ between revisions for table '${name}', skipping data diff`;
    functions.warn({ level: 'Warning', code: 1235, message });
  }
}
