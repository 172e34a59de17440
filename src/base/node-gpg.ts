/** GnuPG, as the program `gpg` with the keys of whoever runs this. */
import { spawn } from 'node:child_process';
import type { Gpg } from './environment.ts';
import { DoltError } from './errors.ts';

export const nodeGpg: Gpg = {
  async sign(text, key) {
    const { status, out, err } = await run(['--clear-sign', ...(key === '' ? [] : ['-u', key])], text);
    if (status !== 0) throw new DoltError('unavailable', `failed to sign commit: gpg failed: ${err.trim()}`);
    return out;
  },
  async verify(signed) {
    return (await run(['--verify'], signed)).err;
  },
};

async function run(args: readonly string[], input: string): Promise<{ status: number; out: string; err: string }> {
  const child = spawn('gpg', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  // It may have failed before it has read all.
  child.stdin.on('error', () => {}).end(input);
  return await new Promise((resolve, reject) => {
    child.once('close', (status) => resolve({ status: status ?? 1, out, err }));
    child.once('error', (cause) => {
      reject(new DoltError('unavailable', `cannot run gpg: ${cause.message}`, { cause }));
    });
  });
}
