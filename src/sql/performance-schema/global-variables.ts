/** performance_schema.global_variables. */
import { valuesTable } from './values-table.ts';

export const table = valuesTable('global_variables', ({ variables }) => variables.list('global'));
