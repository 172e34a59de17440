/** performance_schema.session_connect_attrs. */
import { attributesTable } from './attributes-table.ts';

export const table = attributesTable('session_connect_attrs', () => true);
