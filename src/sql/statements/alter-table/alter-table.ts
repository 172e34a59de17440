/**
 * ALTER TABLE, CREATE INDEX, DROP INDEX. Actions are done one after the other on one root, which is stored when all have
 * worked; rows are rewritten only where their stored form changes.
 */
import type { Steps } from '../../../repo/steps.ts';
import { DuplicateKeyError } from '../../../table/duplicate-key-error.ts';
import { ok } from '../../session/statement-result.ts';
import type { TableName } from '../../syntax/ast/node.ts';
import type {
  AlterAction,
  AlterTableStatement,
  CreateIndexStatement,
  DropIndexStatement,
} from '../../syntax/ast/table-statements.ts';
import { assertRowSize } from '../row-size.ts';
import type { RunStatement, StatementScene } from '../scene.ts';
import { assertAlterable } from '../table-names.ts';
import { resolveStoredTable, type TargetTable } from '../target-table.ts';
import { Alteration } from './alteration.ts';
import { addColumn, changeColumn, dropColumn, dropDefault, renameColumn, setDefault } from './columns.ts';
import { addCheck, addForeignKey, dropCheck, dropConstraint, dropForeignKey, enforceCheck } from './constraints.ts';
import { addIndex, dropIndex, renameIndex, setPrimaryKey } from './keys.ts';
import { convertCharset, rename, setOptions } from './table-options.ts';

export const runAlterTable: RunStatement<AlterTableStatement> = function* ({ table, actions }, scene) {
  const target = alteredTable(table, scene);
  yield* change(target, scene, function* (alteration) {
    // Columns that are added together get their tags in one go, before keys and indexes use them.
    for (const action of actions) yield* apply(alteration, action);
    // Other actions leave alone what is too long already.
    const isGrowing = actions.some(({ kind }) => kind === 'addColumn' || kind === 'changeColumn');
    if (isGrowing) assertRowSize(alteration.schema.columns);
  });
  return ok();
};

export const runCreateIndex: RunStatement<CreateIndexStatement> = function* ({ table, index, ifNotExists }, scene) {
  const target = alteredTable(table, scene);
  if (ifNotExists && index.name !== undefined && target.table.schema.index(index.name) !== undefined) return ok();
  yield* change(target, scene, (alteration) => addIndex(alteration, index));
  return ok();
};

export const runDropIndex: RunStatement<DropIndexStatement> = function* ({ table, name, ifExists }, scene) {
  const target = alteredTable(table, scene);
  if (ifExists && target.table.schema.index(name) === undefined) return ok();
  yield* change(target, scene, (alteration) => dropIndex(alteration, name));
  return ok();
};

function alteredTable(table: TableName, scene: StatementScene): TargetTable {
  assertAlterable(table.name);
  return resolveStoredTable(table, scene);
}

function* change(
  target: TargetTable,
  scene: StatementScene,
  work: (alteration: Alteration) => Steps<void>,
): Steps<void> {
  const alteration = new Alteration(target, scene);
  try {
    yield* work(alteration);
  } catch (error) {
    if (error instanceof DuplicateKeyError) throw alteration.duplicate(error);
    throw error;
  }
  yield* alteration.store();
}

function* apply(alteration: Alteration, action: AlterAction): Steps<void> {
  switch (action.kind) {
    case 'addColumn':
      return yield* addColumn(alteration, action.column, action.position, action.ifNotExists);
    case 'changeColumn':
      return yield* changeColumn(alteration, action.name, action.column, action.position);
    case 'dropColumn':
      return yield* dropColumn(alteration, action.name, action.ifExists);
    case 'renameColumn':
      return renameColumn(alteration, action.from, action.to);
    case 'setDefault':
      return setDefault(alteration, action.name, action.default);
    case 'dropDefault':
      return dropDefault(alteration, action.name);
    case 'addIndex':
      return yield* addIndex(alteration, action.index);
    case 'dropIndex':
      if (action.ifExists && alteration.schema.index(action.name) === undefined) return;
      return yield* dropIndex(alteration, action.name);
    case 'renameIndex':
      return renameIndex(alteration, action.from, action.to);
    case 'dropPrimaryKey':
      return yield* setPrimaryKey(alteration, []);
    case 'addForeignKey':
      return yield* addForeignKey(alteration, action.foreignKey);
    case 'dropForeignKey':
      return dropForeignKey(alteration, action.name);
    case 'addCheck':
      return yield* addCheck(alteration, action.check);
    case 'dropCheck':
      return dropCheck(alteration, action.name);
    case 'dropConstraint':
      return yield* dropConstraint(alteration, action.name);
    case 'setCheckEnforced':
      return yield* enforceCheck(alteration, action.name, action.enforced);
    case 'renameTable':
      return rename(alteration, action.to.name);
    case 'options':
      return yield* setOptions(alteration, action.options);
    case 'convertCharset':
      return yield* convertCharset(alteration, action.charset, action.collation);
    case 'setColumnVisible':
      return alteration.replaceColumn(alteration.position(action.name), { hidden: !action.visible });
    case 'setIndexVisible':
    case 'orderBy':
    case 'enableKeys':
    case 'ignored':
      return;
  }
}
