/** What the user leaves in the editor, as steps. */
import { expect, test } from 'vitest';
import { parsePlan } from '../../src/cli/rebase/edit-plan.ts';
import type { RebaseStep } from '../../src/repo/rebase-plan.ts';

const plan: RebaseStep[] = [
  { order: 1, action: 'pick', commit: 'a'.repeat(32), message: 'one\n\nwith more' },
  { order: 2, action: 'pick', commit: 'b'.repeat(32), message: 'two' },
];
const [a, b] = plan.map(({ commit }) => commit);

test('lines are steps, in their order; remarks and empty lines are none', () => {
  const text = `# a remark\nfixup ${b} two\n\npick ${a} one  with more\n`;
  expect(parsePlan(text, plan)).toEqual([
    { order: 1, action: 'fixup', commit: b, message: 'two' },
    { order: 2, action: 'pick', commit: a, message: 'one\n\nwith more' },
  ]);
});

test('letters stand for actions, and a message may be another', () => {
  const actions = ['p', 'd', 'e', 'r', 's', 'f'].map((letter) => parsePlan(`${letter} ${b} new words`, plan)[0]);
  expect(actions.map((step) => step?.action)).toEqual(['pick', 'drop', 'edit', 'reword', 'squash', 'fixup']);
  expect(new Set(actions.map((step) => step?.message))).toEqual(new Set(['new words']));
});

test('what cannot be read is named by its line', () => {
  expect(() => parsePlan(`pick ${a} one\nhold ${b} two`, plan)).toThrow('line 2: unknown action in rebase plan: hold');
  expect(() => parsePlan(`pick ${a}`, plan)).toThrow(`invalid line 1: pick ${a}`);
});
