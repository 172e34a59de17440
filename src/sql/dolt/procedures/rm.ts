/** CALL dolt_rm(…): column `status`. */
import { rm } from '../../../verbs/rm.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(rm);
