/** CALL dolt_stash('push' | 'pop' | 'apply' | 'drop' | 'clear', name, …): column `status`. */
import { namedStash } from '../../../verbs/stash.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(namedStash);
