/** Asks for a password on the terminal, where it does not show. */
import { DoltError } from '../../base/errors.ts';

const CTRL_C = '\x03';
const ENDS: ReadonlySet<string> = new Set(['\r', '\n', '\x04']);
const ERASES: ReadonlySet<string> = new Set(['\x7f', '\b']);

/** Throws `invalid` where there is no terminal, with what can be done `instead`, and when it is given up. */
export async function askPassword(
  prompt = 'Enter password: ',
  instead = 'give --password, or set DOLT_CLI_PASSWORD',
): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) throw new DoltError('invalid', `a password is needed: ${instead}`);
  stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    return await typed(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

async function typed(keys: AsyncIterable<string>): Promise<string> {
  let text = '';
  const iterator = keys[Symbol.asyncIterator]();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    for (const key of next.value) {
      if (key === CTRL_C) throw new DoltError('invalid', 'no password was given');
      if (ENDS.has(key)) return text;
      text = ERASES.has(key) ? text.slice(0, -1) : text + key;
    }
  }
  return text;
}
