/** CALL dolt_remote(…): column `status`. */
import { remote as verb } from '../../../verbs/remote.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(verb);
