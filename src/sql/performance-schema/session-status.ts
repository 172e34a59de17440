/** performance_schema.session_status. */
import { statusValues } from '../session/status-values.ts';
import { valuesTable } from './values-table.ts';

export const table = valuesTable('session_status', (session) => statusValues(session, false));
