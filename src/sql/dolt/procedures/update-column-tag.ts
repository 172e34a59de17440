/** CALL dolt_update_column_tag(table, column, tag): column `status`. */
import { updateTag } from '../../../verbs/update-tag.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(updateTag);
