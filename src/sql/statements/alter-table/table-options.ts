/** The name, comment, collation and character set of a table that is altered. */

import type { Steps } from '../../../repo/steps.ts';
import { characterSetCollation, knownCollation } from '../../bind/column-type.ts';
import { storedType } from '../../catalog/table-columns.ts';
import { notSupported, tableExists } from '../../types/sql-error.ts';
import type { CollationName } from '../../types/sql-type.ts';
import { storedTypeText } from '../../types/sql-type-text.ts';
import { collationId } from '../index-draft.ts';
import { assertTableName } from '../table-names.ts';
import { withSchema } from '../table-rebuild.ts';
import type { Alteration } from './alteration.ts';
import { setCounter } from './counter.ts';
import { renamedTable } from './renamed-in-foreign-keys.ts';

export function rename(alteration: Alteration, to: string): void {
  if (alteration.target.temporary) throw notSupported('renaming a temporary table');
  assertTableName(to);
  const taken = alteration.root.resolveTableName(to);
  if (taken !== undefined && taken.toLowerCase() !== alteration.name.toLowerCase()) throw tableExists(to);
  alteration.root = renamedTable(alteration.root, alteration.name, to);
  alteration.name = to;
  alteration.table = alteration.root.table(to)!;
}

export function* setOptions(
  alteration: Alteration,
  options: readonly { readonly name: string; readonly value: string }[],
): Steps<void> {
  for (const { name, value } of options) {
    if (name === 'comment') alteration.set(withSchema(alteration.table, alteration.schema.with({ comment: value })));
    else if (name === 'auto_increment') yield* setCounter(alteration, Math.floor(Number(value)));
    else if (name === 'collate') setCollation(alteration, knownCollation(value));
    else if (name === 'charset' || name === 'character set') setCollation(alteration, characterSetCollation(value));
  }
}

function setCollation(alteration: Alteration, collation: CollationName): void {
  alteration.set(withSchema(alteration.table, alteration.schema.with({ collation: collationId(collation) })));
}

export function* convertCharset(alteration: Alteration, charset: string, collation: string | undefined): Steps<void> {
  const name = collation === undefined ? characterSetCollation(charset) : knownCollation(collation);
  const columns = alteration.schema.columns.map((column) => {
    const type = storedType(column.sqlType);
    return 'collation' in type ? { ...column, sqlType: storedTypeText({ ...type, collation: name }) } : column;
  });
  const schema = alteration.schema.with({ columns, collation: collationId(name) });
  alteration.set(yield* alteration.rebuilt(schema, (row) => row));
}
