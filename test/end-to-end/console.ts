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
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './command-line.ts';

interface TranscriptRecord {
  readonly comments: readonly string[];
  readonly command: string;
}

/** The transcript with the outcomes of this run. */
export async function play(transcript: string, timeZone: string): Promise<string> {
  const records = recordsOf(transcript);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dolt-console-')));
  try {
    await runAll(records, folder, timeZone);
    const outcomes = records.map((record, i) => {
      const read = (kind: string): string =>
        normalized(readFileSync(join(folder, 'out', `${i}.${kind}`), 'utf8'), folder);
      return recordText(record, read('stdout'), read('stderr'), read('status').trim());
    });
    return outcomes.join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
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

async function runAll(records: readonly TranscriptRecord[], folder: string, timeZone: string): Promise<void> {
  for (const name of ['home', 'out', 'bin', 'work']) mkdirSync(join(folder, name));
  symlinkSync(join(repositoryRoot, 'bin/dolt'), join(folder, 'bin/dolt'));
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
