/** mysql.slow_log. */
import { logTable } from './log-table.ts';

export const table = logTable('slow_log', {
  start_time: 'moment',
  user_host: 'text',
  query_time: 'duration',
  lock_time: 'duration',
  rows_sent: 'number',
  rows_examined: 'number',
  db: 'name',
  last_insert_id: 'number',
  insert_id: 'number',
  server_id: 'server',
  sql_text: 'bytes',
  thread_id: 'thread',
});
