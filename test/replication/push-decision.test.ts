/**
 * Every state of a ref that these commits can be in, against what the base rule says: who is told to move must not
 * overwrite a commit that the pusher had not seen, nor bring one back that was taken back.
 */
import { describe, expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { type Decision, decidePush, type PushedRef } from '../../src/replication/push-decision.ts';

// a ─ b ─ c ─ d
//     ├─ x ─ y ─ z
//     └─ m (c + x) ─ n
const parents: Readonly<Record<string, readonly string[]>> = {
  a: [],
  b: ['a'],
  c: ['b'],
  d: ['c'],
  x: ['b'],
  y: ['x'],
  z: ['y'],
  m: ['c', 'x'],
  n: ['m'],
};
const isWithin = (one: string, other: string): boolean =>
  one === other || (parents[other] ?? []).some((parent) => isWithin(one, parent));
const bringsBack = (ours: string, base: string, theirs: string): boolean =>
  Object.keys(parents).some((name) => isWithin(name, ours) && isWithin(name, base) && !isWithin(name, theirs));
const at = (name: string | undefined) => name as Address | undefined;

interface Given extends Partial<Pick<PushedRef, 'ref' | 'forced' | 'isNew'>> {
  readonly old?: string;
  readonly ours?: string;
  readonly base?: string;
}

function decide(given: Given, theirs?: string): Decision {
  const { old, ours, base, ref = 'refs/heads/main', forced = false, isNew = false } = given;
  const pushed = { ref, old: at(old), ours: at(ours), base: at(base), forced, isNew };
  return decidePush(pushed, at(theirs), { isWithin, bringsBack });
}

describe('a branch that goes forward', () => {
  test.each<[string, Parameters<typeof decide>, Decision]>([
    ['the remote stands on the base', [{ old: 'b', ours: 'c', base: 'b' }, 'b'], 'move'],
    ['the remote has it', [{ old: 'b', ours: 'c', base: 'b' }, 'c'], 'landed'],
    ['the remote has gone on from it', [{ old: 'b', ours: 'c', base: 'b' }, 'd'], 'landed'],
    ['the remote has other commits', [{ old: 'b', ours: 'c', base: 'b' }, 'x'], 'merge'],
    ['the remote was reset', [{ old: 'c', ours: 'd', base: 'c' }, 'b'], 'moved by another'],
    ['the remote was reset and went on', [{ old: 'c', ours: 'd', base: 'c' }, 'x'], 'moved by another'],
    ['what the remote went on to was merged by hand', [{ old: 'c', ours: 'm', base: 'c' }, 'x'], 'move'],
    ['the remote was reset, and so was this', [{ old: 'b', ours: 'x', base: 'c' }, 'b'], 'move'],
    [
      'the remote was reset, and so was this, which went on',
      [{ old: 'x', ours: 'y', base: 'c' }, 'b'],
      'moved by another',
    ],
    [
      'what the remote went on to after a reset is what this stands on',
      [{ old: 'x', ours: 'y', base: 'c' }, 'x'],
      'move',
    ],
    ['the same, and this has gone on', [{ old: 'y', ours: 'z', base: 'c' }, 'x'], 'move'],
    ['the same, with what was discarded merged before', [{ old: 'm', ours: 'n', base: 'c' }, 'x'], 'moved by another'],
    ['what is pulled was taken back meanwhile', [{ old: 'b', ours: 'd', base: 'd' }, 'b'], 'moved by another'],
    ['the same, with others on top', [{ old: 'b', ours: 'd', base: 'd' }, 'x'], 'moved by another'],
    [
      'a part of what is merged was taken back meanwhile',
      [{ old: 'x', ours: 'm', base: 'c' }, 'b'],
      'moved by another',
    ],
    ['the base was taken back here by hand, and this went on', [{ old: 'b', ours: 'x', base: 'c' }, 'c'], 'move'],
    ['the same, while a peer went on', [{ old: 'b', ours: 'x', base: 'c' }, 'd'], 'moved by another'],
    ['it was deleted here by hand, and is created elsewhere', [{ ours: 'x', base: 'c' }, 'c'], 'move'],
    ['the same, on the way to where it was', [{ ours: 'b', base: 'c' }, 'c'], 'move'],
    ['the same, while a peer went on', [{ ours: 'x', base: 'c' }, 'd'], 'moved by another'],
    ['the same, on the way to where the peer is', [{ ours: 'b', base: 'c' }, 'd'], 'moved by another'],
    ['it was deleted here by hand, and is created where it was', [{ ours: 'c', base: 'c' }, 'd'], 'landed'],
    ['the remote deleted it', [{ old: 'b', ours: 'c', base: 'b' }, undefined], 'moved by another'],
    ['the remote never had it', [{ old: 'b', ours: 'c' }, undefined], 'move'],
    ['it is new, and the remote has one of its own', [{ ours: 'c', isNew: true }, 'b'], 'moved by another'],
    ['it is new, and the remote has another', [{ ours: 'c', isNew: true }, 'x'], 'moved by another'],
    ['it is new, and the remote has one that contains it', [{ ours: 'c', isNew: true }, 'd'], 'moved by another'],
    ['it waits without base, the remote is behind', [{ ours: 'c' }, 'a'], 'move'],
  ])('%s', (_, given, expected) => {
    expect(decide(...given)).toBe(expected);
  });
});

describe('a branch that is forced, or goes', () => {
  test.each<[string, Parameters<typeof decide>, Decision]>([
    ['reset: the remote stands on the base', [{ old: 'c', ours: 'b', base: 'c', forced: true }, 'c'], 'move'],
    ['amend over what a peer added', [{ old: 'b', ours: 'x', base: 'b', forced: true }, 'c'], 'moved by another'],
    ['amend over what a peer took back', [{ old: 'd', ours: 'm', base: 'd', forced: true }, 'c'], 'moved by another'],
    ['reset that landed', [{ old: 'c', ours: 'b', base: 'c', forced: true }, 'b'], 'landed'],
    ['amend that landed and was gone on from', [{ old: 'c', ours: 'x', base: 'c', forced: true }, 'y'], 'landed'],
    ['reset of commits that wait, the remote behind', [{ old: 'd', ours: 'x', base: 'b', forced: true }, 'c'], 'move'],
    ['reset, while a peer went on', [{ old: 'c', ours: 'b', base: 'c', forced: true }, 'd'], 'moved by another'],
    ['reset, while a peer reset further', [{ old: 'd', ours: 'b', base: 'd', forced: true }, 'c'], 'moved by another'],
    [
      'amend of what the remote was reset to, as this was',
      [{ old: 'x', ours: 'b', base: 'c', forced: true }, 'x'],
      'move',
    ],
    ['delete on the base', [{ old: 'c', base: 'c', forced: true }, 'c'], 'move'],
    ['delete, while a peer went on', [{ old: 'c', base: 'c', forced: true }, 'd'], 'moved by another'],
    ['delete of what is gone', [{ old: 'c', base: 'c', forced: true }, undefined], 'landed'],
  ])('%s', (_, given, expected) => {
    expect(decide(...given)).toBe(expected);
  });
});

test('tags move from their base only', () => {
  const ref = 'refs/tags/v1';
  expect(decide({ ref, ours: 'c' }, undefined)).toBe('move');
  expect(decide({ ref, ours: 'c' }, 'b')).toBe('moved by another');
  expect(decide({ ref, old: 'b', ours: 'c', base: 'b' }, 'b')).toBe('move');
  expect(decide({ ref, old: 'b', ours: 'c', base: 'b' }, 'x')).toBe('moved by another');
  expect(decide({ ref, old: 'b', base: 'b', forced: true }, 'b')).toBe('move');
});

test('no state of all overwrites what was not seen, or brings back what was taken back', () => {
  const names = [...Object.keys(parents), undefined];
  let moves = 0;
  for (const old of names) {
    for (const ours of names) {
      for (const base of names) {
        for (const theirs of names) {
          for (const forced of [true, false]) {
            // What is known here: the base was seen, so it is within what stood here, unless that was taken back.
            if (old !== undefined && ours !== undefined && !forced && !isWithin(old, ours)) continue;
            if (ours === undefined && !forced) continue;
            const state = { forced, ...(old && { old }), ...(ours && { ours }), ...(base && { base }) };
            const decision = decide(state, theirs);
            if (decision === 'merge' && base !== undefined && ours !== undefined)
              expect(isWithin(base, ours), `merges what was taken back: ${JSON.stringify({ ...state, theirs })}`).toBe(
                true,
              );
            if (decision !== 'move' || theirs === undefined) continue;
            moves++;
            const seen = theirs === base || (old !== undefined && isWithin(theirs, old));
            const kept = ours !== undefined && isWithin(theirs, ours);
            expect(seen || kept, `overwrites: ${JSON.stringify({ ...state, theirs })}`).toBe(true);
            const isTakenIn =
              base !== undefined && ours !== undefined && isWithin(base, ours) && !(old && isWithin(base, old));
            if (isTakenIn && !forced) expect(isWithin(base, theirs), JSON.stringify({ ...state, theirs })).toBe(true);
            const byHand = old !== undefined && kept && !isWithin(theirs, old);
            if (byHand || theirs === old || base === undefined || theirs === base) continue;
            const isReset = isWithin(theirs, base);
            const isBack = ours !== undefined && bringsBack(ours, base, theirs);
            expect(isReset || isBack, `brings back: ${JSON.stringify({ ...state, theirs })}`).toBe(false);
          }
        }
      }
    }
  }
  expect(moves).toBeGreaterThan(100);
});
