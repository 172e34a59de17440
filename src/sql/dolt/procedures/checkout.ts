/** CALL dolt_checkout(…): column `status`; the session stands on another branch, the repository's head stays. */
import { checkout } from '../../../verbs/checkout.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(checkout);
