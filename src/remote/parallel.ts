/** Running asynchronous work side by side, with a bound. */

/** Runs `work` on every item, `most` at a time; the first failure is thrown once what runs has ended. */
export async function inParallel<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const run = async (): Promise<void> => {
    while (!failed && next < items.length) {
      try {
        await work(items[next++]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const runs = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, run));
  for (const ended of runs) if (ended.status === 'rejected') throw ended.reason;
}

export interface Pipeline<T, U> {
  /** Questions that are asked ahead of the answer that is taken. */
  readonly most: number;
  /** What to ask for next, if there is something now; `isIdle`: nothing is being asked. */
  next(isIdle: boolean): T | undefined;
  ask(item: T): Promise<U>;
  /** Takes the answers in the order of the questions. */
  take(answer: U, item: T): void | Promise<void>;
}

/** Asks ahead while answers are taken one by one; the first failure is thrown once what runs has ended. */
export async function pipelined<T, U>({ most, next, ask, take }: Pipeline<T, U>): Promise<void> {
  const asked: { readonly item: T; readonly answer: Promise<U> }[] = [];
  try {
    for (;;) {
      while (asked.length < most) {
        const item = next(asked.length === 0);
        if (item === undefined) break;
        const answer = ask(item);
        // Its turn to fail comes later.
        answer.catch(() => {});
        asked.push({ item, answer });
      }
      const first = asked.shift();
      if (first === undefined) return;
      await take(await first.answer, first.item);
    }
  } finally {
    await Promise.allSettled(asked.map(({ answer }) => answer));
  }
}
