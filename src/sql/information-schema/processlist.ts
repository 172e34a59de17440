/** information_schema.PROCESSLIST. */
import { shownProcesses, stateOf } from '../session/shown-processes.ts';
import { schemaTable } from './schema-table.ts';

export const table = schemaTable(
  'PROCESSLIST',
  'ID:u! USER:n! HOST:n! DB:n COMMAND:n! TIME:i! STATE:n INFO:t',
  (session) =>
    shownProcesses(session, null).map((process) => {
      const { id, user, host, database, command, seconds, statement } = process;
      return [id, user, host, database, command, seconds, stateOf(process), statement];
    }),
);
