/** CALL dolt_tag(…): column `status`. */
import { tag as verb } from '../../../verbs/tag.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(verb);
