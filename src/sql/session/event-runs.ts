/** What the scheduler of a server knows of the events that it runs. */
export interface EventRuns {
  /** When an event last ran, microseconds since 1970 UTC; undefined where it has not since the scheduler began. */
  lastRun(database: string, event: string): number | undefined;
}
