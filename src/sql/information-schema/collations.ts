/** information_schema.COLLATIONS. */
import { allCollations } from '../../tuple/collation.ts';
import { schemaTable } from './schema-table.ts';

export const table = schemaTable(
  'COLLATIONS',
  'COLLATION_NAME:n! CHARACTER_SET_NAME:n! ID:u! IS_DEFAULT:v3! IS_COMPILED:v3 SORTLEN:o! PAD_ATTRIBUTE:n!',
  () =>
    allCollations().map(({ name, characterSet, id, isDefault, padSpace }) => {
      return [name, characterSet, id, isDefault ? 'Yes' : '', 'Yes', 1, padSpace ? 'PAD SPACE' : 'NO PAD'];
    }),
);
