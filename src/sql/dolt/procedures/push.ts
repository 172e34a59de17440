/** CALL dolt_push(…): columns `status`, `message`: what went where. */
import { push, pushReport } from '../../../verbs/push.ts';
import { oneRow, type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const { remote, refs, upstreams } = yield* runVerb(push, call);
    call.session.refresh();
    return oneRow({ status: 0, message: pushReport(remote.url, refs, upstreams) });
  },
};
