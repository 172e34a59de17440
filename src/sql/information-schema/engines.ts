/** information_schema.ENGINES: one storage, under the name that programs know. */
import { schemaTable } from './schema-table.ts';

export const table = schemaTable(
  'ENGINES',
  'ENGINE:n! SUPPORT:v8! COMMENT:v80! TRANSACTIONS:v3 XA:v3 SAVEPOINTS:v3',
  () => [['InnoDB', 'DEFAULT', 'Supports transactions, row-level locking, and foreign keys', 'YES', 'YES', 'YES']],
);
