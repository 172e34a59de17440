/** Work that reads the terminal line by line, or starts a program that does, whatever mode it is in. */

/** The mode that a line editor of ours, the shell's, has set is left for the time; Ctrl-C, which would end us, does nothing. */
export function inCookedMode<Result>(work: () => Result): Result {
  const { stdin } = process;
  const isRaw = stdin.isTTY && stdin.isRaw;
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  if (isRaw) stdin.setRawMode(false);
  try {
    return work();
  } finally {
    if (isRaw) stdin.setRawMode(true);
    process.off('SIGINT', ignore);
  }
}
