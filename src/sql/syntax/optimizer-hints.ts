/** Optimizer hints, which stand in a comment after SELECT that begins with `+`. One of them means something here. */

const HINTS = /^[\s(]*select\s*\/\*\+((?:[^*]|\*(?!\/))*)\*\//i;

/** Milliseconds of MAX_EXECUTION_TIME(n) in the hints of a SELECT; undefined without it. */
export function maxExecutionTime(text: string): number | undefined {
  if (!text.includes('/*+')) return undefined;
  const hints = HINTS.exec(text)?.[1] ?? '';
  const limit = /\bmax_execution_time\s*\(\s*(\d{1,10})\s*\)/i.exec(hints)?.[1];
  return limit === undefined ? undefined : Number(limit);
}
