/** performance_schema.global_status. */
import { statusValues } from '../session/status-values.ts';
import { valuesTable } from './values-table.ts';

export const table = valuesTable('global_status', (session) => statusValues(session, true));
