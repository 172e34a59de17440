/** CALL dolt_clean(…): column `status`. */
import { clean as verb } from '../../../verbs/clean.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(verb);
