/** information_schema.CHARACTER_SETS. */
import { characterSets } from '../catalog/character-sets.ts';
import { schemaTable } from './schema-table.ts';

export const table = schemaTable(
  'CHARACTER_SETS',
  'CHARACTER_SET_NAME:n! DEFAULT_COLLATE_NAME:n! DESCRIPTION:v2048! MAXLEN:o!',
  () =>
    characterSets().map(({ name, defaultCollation, description, length }) => [
      name,
      defaultCollation,
      description,
      length,
    ]),
);
