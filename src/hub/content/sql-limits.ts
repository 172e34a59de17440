/** What SQL of strangers may take. */
export interface SqlLimits {
  /** Milliseconds. */
  readonly time: number;
  readonly rows: number;
  /** By which the process's memory may grow meanwhile. */
  readonly memoryBytes: number;
  /** Of all values of an answer. */
  readonly answerBytes: number;
}

export const SQL_LIMITS: SqlLimits = { time: 5000, rows: 1000, memoryBytes: 256 << 20, answerBytes: 16 << 20 };
