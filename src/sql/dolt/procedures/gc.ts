/** CALL dolt_gc(…): column `status`. */
import { gc as verb } from '../../../verbs/gc.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(verb);
