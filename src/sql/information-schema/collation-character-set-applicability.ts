/** information_schema.COLLATION_CHARACTER_SET_APPLICABILITY. */
import { allCollations } from '../../tuple/collation.ts';
import { schemaTable } from './schema-table.ts';

export const table = schemaTable(
  'COLLATION_CHARACTER_SET_APPLICABILITY',
  'COLLATION_NAME:n! CHARACTER_SET_NAME:n!',
  () => allCollations().map(({ name, characterSet }) => [name, characterSet]),
);
