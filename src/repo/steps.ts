/**
 * Long operations are generators: they yield a `Wait` whenever they need a promise (a push, a lock, a time slice used
 * up) and are plain functions in between, so that the storage below stays synchronous. Whoever drives them awaits the
 * promise and resumes with its value, or throws its error into the generator.
 */
export interface Wait {
  readonly until: Promise<unknown>;
  /**
   * The driver may throw into the operation before the promise is settled, when whoever asked gives up: for any reason, or
   * because a `lock` did not come in time. Other waits end with their promise alone.
   */
  readonly mayEnd?: 'wait' | 'lock';
}

/** An operation that ends with a `T` and may wait on the way. The driver passes the value of `until` back in. */
export type Steps<T> = Generator<Wait, T, unknown>;

/** Waits for `promise` inside of a `Steps`: `const value = yield* waitFor(promise)`. */
export function* waitFor<T>(promise: Promise<T>): Steps<T> {
  return (yield { until: promise }) as T;
}

/**
 * Waits for `promise` as long as the driver does; it goes on by itself when the driver gives up. `onEnd` is called then,
 * before that error is thrown.
 */
export function* waitUnlessEnded<T>(promise: Promise<T>, onEnd?: () => void, kind: 'wait' | 'lock' = 'wait'): Steps<T> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  try {
    return (yield { until: promise, mayEnd: kind }) as T;
  } catch (error) {
    if (!isSettled) onEnd?.();
    throw error;
  }
}

/** The operation for a driver that awaits its waits and passes nothing back, neither values nor errors: a reader of rows. */
export function* unaided<T>(steps: Steps<T>): Steps<T> {
  try {
    let step = steps.next();
    while (!step.done) {
      const { until, ...rest } = step.value;
      let proceed = () => steps.next();
      const settled = until.then(
        (value) => {
          proceed = () => steps.next(value);
        },
        (error: unknown) => {
          proceed = () => steps.throw(error);
        },
      );
      yield { ...rest, until: settled };
      step = proceed();
    }
    return step.value;
  } finally {
    steps.return(undefined as T);
  }
}

/** Drives an operation to its end. */
export async function complete<T>(steps: Steps<T>): Promise<T> {
  let step = steps.next();
  while (!step.done) {
    let value: unknown;
    try {
      value = await step.value.until;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value);
  }
  return step.value;
}

/** Drives an operation that is known not to wait (no network and no lock involved). */
export function completeNow<T>(steps: Steps<T>): T {
  const step = steps.next();
  if (step.done) return step.value;
  throw new TypeError('an operation that must not wait did');
}
