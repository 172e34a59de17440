/** What becomes known of a call while it is answered, for the log: who calls, and which repository. */
import type { Caller, CallOrigin } from '../../service/service-host.ts';

interface CallNote {
  caller?: Caller;
  repository?: string;
}

export class CallNotes {
  readonly #notes = new WeakMap<CallOrigin, CallNote>();

  of(origin: CallOrigin): CallNote {
    let note = this.#notes.get(origin);
    if (note === undefined) {
      note = {};
      this.#notes.set(origin, note);
    }
    return note;
  }
}
