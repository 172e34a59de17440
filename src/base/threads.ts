/**
 * Other threads as this project uses them: each does one kind of work on blocks of bytes that are shared with it
 * (`block-queue.ts`). A machine or a test may have none.
 */
export interface Threads {
  /** Starts a thread for a job on the memory of a queue; undefined when there is no processor to spare for it. */
  start(job: JobName, memory: SharedArrayBuffer): Thread | undefined;
}

export interface Thread {
  /** Ends it, whatever it does. */
  stop(): void;
}

export type JobName = 'check-records';
