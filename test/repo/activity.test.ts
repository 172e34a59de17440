/** Operations end in any order; the oldest that runs is known throughout. */
import { expect, test } from 'vitest';
import { Activity } from '../../src/repo/activity.ts';

test('the oldest operation is the first that has not ended', () => {
  const activity = new Activity();
  expect([activity.oldest, activity.last]).toEqual([1, 0]);
  const [one, two, three] = [activity.begin(), activity.begin(), activity.begin()];
  expect([activity.oldest, activity.last]).toEqual([1, 3]);
  two!();
  two!();
  expect(activity.oldest).toBe(1);
  one!();
  expect(activity.oldest).toBe(3);
  three!();
  expect([activity.oldest, activity.last]).toEqual([4, 3]);
  const four = activity.begin();
  const five = activity.begin();
  five();
  expect(activity.oldest).toBe(4);
  four();
  expect([activity.oldest, activity.last]).toEqual([6, 5]);
});

test('it is calm when what runs now has ended, whatever begins meanwhile', async () => {
  const activity = new Activity();
  await activity.calm();
  const [one, two] = [activity.begin(), activity.begin()];
  let isCalm = false;
  const calm = activity.calm().then(() => {
    isCalm = true;
  });
  const later = activity.begin();
  two!();
  await Promise.resolve();
  expect(isCalm).toBe(false);
  one!();
  await calm;
  later();
});
