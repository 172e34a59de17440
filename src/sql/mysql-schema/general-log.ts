/** mysql.general_log. */
import { logTable } from './log-table.ts';

export const table = logTable('general_log', {
  event_time: 'moment',
  user_host: 'text',
  thread_id: 'thread',
  server_id: 'server',
  command_type: 'word',
  argument: 'bytes',
});
