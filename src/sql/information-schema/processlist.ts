/** information_schema.PROCESSLIST. */
import { shownProcesses, stateOf } from '../session/shown-processes.ts';
import { schemaTable } from './schema-table.ts';

export const table = schemaTable(
  'PROCESSLIST',
  'ID:u! USER:v32! HOST:v261! DB:n COMMAND:v16! TIME:I! STATE:v65535 INFO:v65535',
  (session) =>
    shownProcesses(session, null).map((process) => {
      const { id, user, host, database, command, seconds, statement } = process;
      return [id, user, host, database, command, seconds, stateOf(process), statement];
    }),
);
