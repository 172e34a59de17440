/**
 * Plays a transcript of commands in a scratch folder and writes what they answered. A record of a transcript is
 *
 *     # a comment
 *     $ the command, a line for the shell
 *     > its next line
 *     standard output as it is
 *     ! a line of standard error
 *     [1]                          the exit status, where it is not 0
 *
 * and records are parted by empty lines. All of a transcript runs in one shell, so that `cd` lasts; what would differ from
 * run to run (the folder, today's date) is replaced, and dates are written as what they are in UTC.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dolt, repositoryRoot } from './command-line.ts';

interface TranscriptRecord {
  readonly comments: readonly string[];
  readonly command: string;
}

/** The transcript with the outcomes of this run. `served`: a server runs in every repository, and commands work through it. */
export async function play(transcript: string, timeZone: string, served = false): Promise<string> {
  const records = recordsOf(transcript);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dolt-console-')));
  try {
    await runAll(records, folder, timeZone, served);
    if (served) assertServed(join(folder, 'servers'));
    const outcomes = records.map((record, i) => {
      const read = (kind: string): string =>
        normalized(readFileSync(join(folder, 'out', `${i}.${kind}`), 'utf8'), folder);
      return recordText(record, read('stdout'), read('stderr'), read('status').trim());
    });
    return outcomes.join('\n');
  } finally {
    endServers(join(folder, 'servers'));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Servers that did not start would leave the commands to themselves. */
function assertServed(folder: string): void {
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
  const idle = logs.find((name) => !readFileSync(join(folder, name), 'utf8').includes('Server ready'));
  if (logs.length > 0 && idle === undefined) return;
  throw new Error(`no server: ${idle === undefined ? 'none was started' : readFileSync(join(folder, idle), 'utf8')}`);
}

function endServers(folder: string): void {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.pid'))) {
    try {
      process.kill(Number(readFileSync(join(folder, name), 'utf8')), 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function recordsOf(transcript: string): TranscriptRecord[] {
  return transcript
    .split(/\n\n(?=(?:# .*\n)*\$ )/)
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const lines = text.split('\n');
      const start = lines.findIndex((line) => line.startsWith('$ '));
      const more = lines.slice(start + 1).findIndex((line) => !line.startsWith('> '));
      const end = more < 0 ? lines.length : start + 1 + more;
      const command = lines.slice(start, end).map((line) => line.slice(2));
      return { comments: lines.slice(0, start), command: command.join('\n') };
    });
}

async function runAll(
  records: readonly TranscriptRecord[],
  folder: string,
  timeZone: string,
  served: boolean,
): Promise<void> {
  for (const name of ['home', 'out', 'bin', 'work', 'servers']) mkdirSync(join(folder, name));
  const called = served ? join(repositoryRoot, 'test/end-to-end/served-dolt.sh') : dolt;
  symlinkSync(called, join(folder, 'bin/dolt'));
  const out = join(folder, 'out');
  const script = records.map(
    ({ command }, i) =>
      `{ ${command}\n} >${out}/${i}.stdout 2>${out}/${i}.stderr </dev/null; echo $? >${out}/${i}.status`,
  );
  const date = '2024-01-02T03:04:05Z';
  const child = spawn('sh', ['-c', script.join('\n')], {
    cwd: join(folder, 'work'),
    env: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
      HOME: join(folder, 'home'),
      DOLT: dolt,
      SERVERS: join(folder, 'servers'),
      LANG: 'C.UTF-8',
      TZ: timeZone,
      DOLT_AUTHOR_DATE: date,
      DOLT_COMMITTER_DATE: date,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
}

const LOG_DATE = /^(\s*(?:[|*\\/ ]+)?Date: +)(\w{3} (\w{3} \d\d) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4}))$/gm;

function normalized(text: string, folder: string): string {
  const [today] = new Date().toISOString().split('-');
  return text.replaceAll(folder, '/scratch').replace(LOG_DATE, (_, head, _date, day, time, zone, year) => {
    if (year === today) return `${head}<now>`;
    return `${head}${new Date(`${day} ${year} ${time} ${zone}`).toISOString().replace('.000', '')}`;
  });
}

function recordText({ comments, command }: TranscriptRecord, out: string, err: string, status: string): string {
  const [first, ...more] = command.split('\n');
  const lines = [...comments, `$ ${first}`, ...more.map((line) => `> ${line}`)];
  // What does not end with a line's end is shown by a mark.
  const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}<no newline>\n`);
  const errors = ended(err).replace(/^(.*)\n/gm, '! $1\n');
  return `${lines.join('\n')}\n${ended(out)}${errors}${status === '0' ? '' : `[${status}]\n`}`;
}
