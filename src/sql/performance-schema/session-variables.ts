/** performance_schema.session_variables. */
import { valuesTable } from './values-table.ts';

export const table = valuesTable('session_variables', ({ variables }) => variables.list('session'));
