/** The checks and foreign keys of a table that is altered. */
import type { Steps } from '../../../repo/steps.ts';
import { sourceColumns } from '../../catalog/table-columns.ts';
import type { CheckSyntax, ForeignKeySyntax } from '../../syntax/ast/table-elements.ts';
import { cannotDrop, checkViolated, SqlError } from '../../types/sql-error.ts';
import { withForeignKey } from '../foreign-key-definitions.ts';
import { draftCheck } from '../index-draft.ts';
import { RowExpressions } from '../row-expressions.ts';
import { forEachRow, type Row, withSchema } from '../table-rebuild.ts';
import type { Alteration } from './alteration.ts';
import { dropIndex } from './keys.ts';

export function* addForeignKey(alteration: Alteration, foreignKey: ForeignKeySyntax): Steps<void> {
  alteration.assertNotTemporary();
  alteration.root = yield* withForeignKey(alteration.root, alteration.name, foreignKey, alteration.scene);
  alteration.table = alteration.root.table(alteration.name)!;
}

export function dropForeignKey(alteration: Alteration, name: string): void {
  const keys = alteration.root.foreignKeys();
  const key = keys.find(({ name: other, childTable }) => {
    return other.toLowerCase() === name.toLowerCase() && childTable.toLowerCase() === alteration.name.toLowerCase();
  });
  if (key === undefined) throw cannotDrop(name);
  alteration.root = alteration.root.withForeignKeys(keys.filter((other) => other !== key));
}

export function* addCheck(alteration: Alteration, syntax: CheckSyntax): Steps<void> {
  const { checks } = alteration.schema;
  const names = new Set(checks.map(({ name }) => name.toLowerCase()));
  const check = draftCheck(syntax, alteration.name, names);
  if (names.has(check.name.toLowerCase())) {
    throw new SqlError(3822, 'HY000', `Duplicate check constraint name '${check.name}'.`, 'conflict');
  }
  if (check.enforced) yield* checkRows(alteration, check.name, check.expression);
  alteration.set(withSchema(alteration.table, alteration.schema.with({ checks: [...checks, check] })));
}

export function dropCheck(alteration: Alteration, name: string): void {
  const checks = alteration.schema.checks.filter((check) => check.name.toLowerCase() !== name.toLowerCase());
  if (checks.length === alteration.schema.checks.length) {
    throw new SqlError(3821, 'HY000', `Check constraint '${name}' is not found in the table.`, 'notFound');
  }
  alteration.set(withSchema(alteration.table, alteration.schema.with({ checks })));
}

export function* dropConstraint(alteration: Alteration, name: string): Steps<void> {
  const wanted = name.toLowerCase();
  if (alteration.schema.checks.some((check) => check.name.toLowerCase() === wanted)) return dropCheck(alteration, name);
  const own = alteration.root.foreignKeys().some((key) => {
    return key.name.toLowerCase() === wanted && key.childTable.toLowerCase() === alteration.name.toLowerCase();
  });
  if (own) return dropForeignKey(alteration, name);
  if (alteration.schema.index(name)?.unique) return yield* dropIndex(alteration, name);
  throw new SqlError(3940, 'HY000', `Constraint '${name}' does not exist.`, 'notFound');
}

function* checkRows(alteration: Alteration, name: string, expression: string): Steps<void> {
  const expressions = new RowExpressions(
    alteration.schema,
    sourceColumns(alteration.schema),
    alteration.name,
    alteration.scene,
  );
  const passes = expressions.check(expression);
  yield* forEachRow(alteration.table, alteration.name, alteration.scene, (row: Row) => {
    if (!passes(row)) throw checkViolated(name);
  });
}

export function* enforceCheck(alteration: Alteration, name: string, enforced: boolean): Steps<void> {
  const check = alteration.schema.checks.find((other) => other.name.toLowerCase() === name.toLowerCase());
  if (check === undefined)
    throw new SqlError(3821, 'HY000', `Check constraint '${name}' is not found in the table.`, 'notFound');
  if (enforced) yield* checkRows(alteration, check.name, check.expression);
  const checks = alteration.schema.checks.map((other) => (other === check ? { ...check, enforced } : other));
  alteration.set(withSchema(alteration.table, alteration.schema.with({ checks })));
}
