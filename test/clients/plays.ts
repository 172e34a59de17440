/** The tests of one client: each check of the scenario is one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Check, EXPECTED } from './scenario.ts';
import { ClientServer, expectSeen, type Seen } from './served-clients.ts';

const CHECKS: readonly Check[] = [...(Object.keys(EXPECTED) as (keyof typeof EXPECTED)[]), 'text', 'binary'];

export interface Plays {
  /** Checks that the client cannot do, and why. */
  readonly without?: Readonly<Partial<Record<Check, string>>>;
  /** Values that it reads otherwise than they came. */
  readonly misread?: Readonly<Partial<Record<Check, Readonly<Record<string, string>>>>>;
}

/** To be called in a `describe`: starts a server, lets the client play, and looks at what it saw. */
export function plays(play: (served: ClientServer) => Promise<Seen>, { without = {}, misread = {} }: Plays = {}): void {
  let served: ClientServer | undefined;
  let seen: Seen = new Map();

  beforeAll(async () => {
    served = await ClientServer.start();
    seen = await play(served);
  }, 120_000);

  afterAll(async () => {
    await served?.stop();
  });

  for (const check of CHECKS.filter((each) => without[each] === undefined)) {
    test(check, () => expectSeen(seen, check, misread[check]));
  }

  test('nothing that it can do is left out', () => {
    expect([...seen.keys()].sort()).toEqual(CHECKS.filter((each) => without[each] === undefined).sort());
  });
}
