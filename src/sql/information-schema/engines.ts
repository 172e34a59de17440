/** information_schema.ENGINES: one storage, under the name that programs know. */
import { schemaTable } from './schema-table.ts';

export const table = schemaTable('ENGINES', 'ENGINE:n! SUPPORT:n! COMMENT:n! TRANSACTIONS:n XA:n SAVEPOINTS:n', () => [
  ['InnoDB', 'DEFAULT', 'Supports transactions, row-level locking, and foreign keys', 'YES', 'YES', 'YES'],
]);
