#!/usr/bin/env node
// Plays the documented replication walkthrough in a scratch folder: a primary that pushes to a remote on every Dolt
// commit, and a replica that pulls from it when it is read. Prints every command with its output, and compares the
// output, line by line, with what Dolt's documentation prints.
//
//   node scripts/walkthrough.mjs [--bin PATH_TO_DOLT] [--keep] [--quiet] [--server] [--hub]
//
// --bin     the executable to run; default: the one of this project
// --keep    leave the scratch folder for a look
// --quiet   print only the verdict of each step
// --server  both repositories are held by running servers, through which the commands work; a server is restarted after
//           each change of its configuration, as the document says
// --hub     the remote is `timsehn/replication_example` on a hub of ours, as it is on DoltHub in the document
// Hashes compare as <hash>, dates as <date>, runs of blanks as one blank, so nothing is tuned
// to one run. Exit 0 and 'N passed, 0 failed' when every step prints what the document prints.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { freePort } from './free-port.mjs';

const { values: opt } = parseArgs({
  options: {
    bin: { type: 'string', default: fileURLToPath(new URL('../bin/dolt', import.meta.url)) },
    keep: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    server: { type: 'boolean', default: false },
    hub: { type: 'boolean', default: false },
  },
});
const bin = opt.bin.includes('/') ? resolve(opt.bin) : opt.bin;
const scratch = mkdtempSync(join(tmpdir(), 'walkthrough-'));
const home = join(scratch, 'home');
const remoteUrl = opt.hub ? 'timsehn/replication_example' : `file://${join(scratch, 'remote')}`;
const dirs = {
  primary: join(scratch, 'replication_example'),
  replica: join(scratch, 'read_replica'),
  remote: join(scratch, 'remote'),
  top: scratch,
};
for (const n of ['one', 'two', 'three', 'four']) dirs[n] = join(scratch, `check_${n}`);
mkdirSync(home, { recursive: true });
mkdirSync(dirs.remote, { recursive: true });
mkdirSync(dirs.primary, { recursive: true });

const env = { ...process.env, HOME: home, NO_COLOR: '1', TZ: process.env.TZ ?? 'America/Los_Angeles' };
function dolt(dir, args) {
  const r = spawnSync(bin, args, { cwd: dirs[dir], env, encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 26 });
  if (r.error) throw r.error;
  return { code: r.status, out: r.stdout ?? '', err: r.stderr ?? '' };
}

/** The running servers, by folder. */
const servers = new Map();

/** Starts what serves `dir`, and waits until it says that it is ready. */
async function start(dir, args) {
  const child = spawn(bin, args, { cwd: dirs[dir], env, stdio: ['ignore', 'pipe', 'pipe'] });
  servers.set(dir, child);
  let said = '';
  await new Promise((ready, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (/(Server|Hub) ready/.test(said)) ready();
      });
    }
    child.once('exit', () => failed(new Error(`the server of ${dir} ended: ${said}`)));
  });
}

async function startServer(dir) {
  await start(dir, ['sql-server', '--host', '127.0.0.1', '--port', String(await freePort())]);
}

/** A hub that everybody on this machine may push to, and that `owner/database` means. */
async function startHub() {
  const port = await freePort();
  await start('remote', ['hub', '--open', '--grpc-port', String(port), '--http-port', '0']);
  dolt('top', ['config', '--global', '--add', 'remotes.default_host', `http://localhost:${port}`]);
}

async function stopServer(dir) {
  const child = servers.get(dir);
  if (child === undefined) return;
  servers.delete(dir);
  child.removeAllListeners('exit');
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}

/** Once there is a repository its server runs; what it is configured to do it does from its next start on. */
async function serve(dir, isConfigured) {
  if (!opt.server || !(dir in served)) return;
  if (isConfigured) await stopServer(dir);
  if (servers.has(dir) || !existsSync(join(dirs[dir], '.dolt'))) return;
  await startServer(dir);
  if (!opt.quiet) console.log(`\n(the server of ${served[dir]} has started)`);
}
const served = { primary: 'replication_example', replica: 'read_replica' };

/** A server pushes in the background: what waits has arrived when its queue is empty. */
async function drain(dir) {
  if (!servers.has(dir)) return;
  for (let i = 0; i < 600; i++) {
    const waiting = dolt(dir, ['sql', '-r', 'csv', '-q', 'select max(queue_length) from dolt_replication_status']);
    if (waiting.out.trim().endsWith('0')) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`the server of ${dir} has not pushed what waits`);
}

const normal = (text) =>
  stripVTControlCharacters(text)
    .split(/\r?\n|\r/)
    .map((l) =>
      l
        .replace(/\b[0-9a-v]{32}\b/g, '<hash>')
        .replace(/^Date:\s+\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d [+-]\d{4} \d{4}$/, 'Date: <date>')
        .replace(/-{3,}/g, '---')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((l) => l !== '');

const hashTable = ['+---+', '| hash |', '+---+', '| <hash> |', '+---+'];
const statusTable = ['+---+', '| status |', '+---+', '| 0 |', '+---+'];
const rows = (...pairs) =>
  ['+----+----+', '| pk | c1 |', '+----+----+', ...pairs.map(([a, b]) => `| ${a} | ${b} |`), '+----+----+'].map((l) =>
    l.replace(/-{3,}/g, '---'),
  );
const log = (decoration, message) => [
  `commit <hash> (${decoration})`,
  'Author: Tim Sehn <tim@example.com>',
  'Date: <date>',
  message,
];
const ok = ['Query OK, 1 row affected'];
const updated = ['Config successfully updated.'];
const set = (dir, name, value) => ({
  dir,
  args: ['config', '--add', '--local', `sqlserver.global.${name}`, value],
  want: updated,
});
const unset = (dir, name) => ({
  dir,
  args: ['config', '--unset', '--local', `sqlserver.global.${name}`],
  want: updated,
});
const sql = (dir, query, want, more = {}) => ({ dir, args: ['sql', '-q', query], want, ...more });

const onRemote = (n, query, want, name) => [
  { dir: 'top', args: ['clone', remoteUrl, `check_${n}`], cloned: true, name: `clone to see: ${name}` },
  sql(n, query, want, { name }),
];

const steps = [
  { dir: 'primary', args: ['config', '--global', '--add', 'user.name', 'Tim Sehn'], want: updated },
  { dir: 'primary', args: ['config', '--global', '--add', 'user.email', 'tim@example.com'], want: updated },
  { dir: 'primary', args: ['init'], any: true },
  { dir: 'primary', args: ['remote', 'add', 'origin', remoteUrl], want: [] },
  set('primary', 'dolt_replicate_to_remote', 'origin'),
  sql('primary', 'create table test (pk int, c1 int, primary key(pk))', []),
  sql('primary', 'insert into test values (0,0)', ok),
  sql('primary', "call dolt_commit('-am', 'trigger replication')", hashTable),
  ...onRemote('one', 'select * from test', rows([0, 0]), 'the first Dolt commit is on the remote'),
  set('primary', 'dolt_transaction_commit', '1'),
  sql('primary', 'insert into test values (1,1)', ok),
  { dir: 'primary', args: ['log', '-n', '1'], want: log('HEAD -> main', 'Transaction commit'), keepHead: 'tx' },
  ...onRemote('two', 'select * from test', rows([0, 0], [1, 1]), 'the transaction commit is on the remote'),
  set('primary', 'dolt_replicate_to_remote', 'broken'),
  sql(
    'primary',
    "call dolt_commit('-m', 'empty commit', '--allow-empty')",
    ["failure loading hook; remote not found: 'broken'"],
    { fails: true },
  ),
  {
    dir: 'primary',
    args: ['log', '-n', '1'],
    want: log('HEAD -> main', 'Transaction commit'),
    sameHead: 'tx',
    name: 'the failed action left the head where it was',
  },
  set('primary', 'dolt_skip_replication_errors', '1'),
  sql('primary', "call dolt_commit('-m', 'empty commit', '--allow-empty')", [
    "failure loading hook; remote not found: 'broken'",
    ...hashTable,
  ]),
  { dir: 'primary', args: ['log', '--n', '1'], want: log('HEAD -> main', 'empty commit') },
  unset('primary', 'dolt_skip_replication_errors'),
  unset('primary', 'dolt_transaction_commit'),
  set('primary', 'dolt_replicate_to_remote', 'origin'),
  set('primary', 'dolt_async_replication', '1'),
  sql('primary', "call dolt_commit('-m', 'async', '--allow-empty')", hashTable, { drains: true }),
  ...onRemote(
    'three',
    'select message from dolt_log limit 1',
    ['+---+', '| message |', '+---+', '| async |', '+---+'],
    'the asynchronous commit is on the remote once the command has ended',
  ),
  unset('primary', 'dolt_async_replication'),
  { dir: 'primary', args: ['commit', '--allow-empty', '-m', 'from the command line'], any: true },
  ...onRemote(
    'four',
    'select message from dolt_log limit 1',
    ['+---+', '| message |', '+---+', `| ${opt.server ? 'from the command line' : 'async'} |`, '+---+'],
    opt.server ? 'a command that runs on the server replicates' : 'a command line commit does not replicate',
  ),
  { dir: 'top', args: ['clone', remoteUrl, 'read_replica'], cloned: true, chunks: true },
  set('replica', 'dolt_read_replica_remote', 'origin'),
  set('replica', 'dolt_replicate_heads', 'main'),
  sql('replica', 'select * from test', rows([0, 0], [1, 1])),
  sql('primary', "insert into test values (2,2); call dolt_commit('-am', 'Inserted (2,2)');", [...ok, ...hashTable]),
  sql('replica', 'select * from test', rows([0, 0], [1, 1], [2, 2])),
  { dir: 'replica', args: ['log', '-n', '1'], want: log('HEAD -> main, origin/main', 'Inserted (2,2)') },
  unset('replica', 'dolt_replicate_heads'),
  set('replica', 'dolt_replicate_all_heads', '1'),
  sql(
    'primary',
    "call dolt_checkout('-b', 'branch1'); insert into test values (3,3); call dolt_commit('-am', 'Inserted (3,3)');",
    [...statusTable, ...ok, ...hashTable],
  ),
  sql('replica', "call dolt_checkout('branch1'); select * from test;", [
    ...statusTable,
    ...rows([0, 0], [1, 1], [2, 2], [3, 3]),
  ]),
  unset('primary', 'dolt_replicate_to_remote'),
  sql('primary', "insert into test values (9,9); call dolt_commit('-am', 'not replicated');", [...ok, ...hashTable]),
  sql('replica', 'select * from test', rows([0, 0], [1, 1], [2, 2]), {
    name: 'after unset nothing more is replicated',
  }),
];

if (opt.hub) await startHub();
const heads = {};
let passed = 0;
const failures = [];
for (const [i, s] of steps.entries()) {
  const label = s.name ?? `(${s.dir}) dolt ${s.args.join(' ')}`;
  let problem = '';
  try {
    const r = dolt(s.dir, s.args);
    await serve(s.dir, s.args[0] === 'config');
    if (s.args[0] === 'clone') await serve('replica', false);
    if (s.drains) await drain(s.dir);
    const got = normal(s.fails || s.args[0] === 'sql' ? `${r.err}\n${r.out}` : r.out);
    if (s.fails ? r.code === 0 : r.code !== 0) problem = `exit status ${r.code}`;
    else if (s.fails && r.out.trim() !== '') problem = `a failing command printed to standard output: ${r.out.trim()}`;
    else if (s.cloned) {
      const all = normal(`${r.out}\n${r.err}`);
      if (!all.some((l) => l.startsWith('cloning '))) problem = "no 'cloning <url>' line";
      else if (
        s.chunks &&
        !all.some((l) => /^(\d+) of \1 chunks complete\. 0 chunks being downloaded currently\.$/.test(l))
      )
        problem = "no 'N of N chunks complete. 0 chunks being downloaded currently.' line";
    } else if (!s.any && JSON.stringify(got) !== JSON.stringify(s.want))
      problem = `wanted\n      ${s.want.join('\n      ')}\n    got\n      ${got.join('\n      ')}`;
    const head = /^commit ([0-9a-v]{32})/m.exec(r.out)?.[1];
    if (s.keepHead) heads[s.keepHead] = head;
    if (!problem && s.sameHead && heads[s.sameHead] !== head)
      problem = `head moved from ${heads[s.sameHead]} to ${head}`;
    if (!opt.quiet) {
      const quoted = s.args.map((a) => (/^[\w./:=@-]+$/.test(a) ? a : `"${a}"`)).join(' ');
      const shownDir = s.dir === 'top' ? '' : dirs[s.dir].slice(scratch.length + 1);
      console.log(`\n${shownDir} $ dolt ${quoted}`.replace(scratch, '.'));
      process.stdout.write(`${r.err}${r.out}`.replaceAll(scratch, '.'));
    }
  } catch (e) {
    problem = String(e.message ?? e);
  }
  if (problem) failures.push(label);
  else passed++;
  if (opt.quiet || problem)
    console.log(
      `${problem ? 'FAIL' : 'ok  '} ${String(i + 1).padStart(2)} ${label}${problem ? `\n    ${problem}` : ''}`,
    );
}
for (const dir of [...servers.keys()]) await stopServer(dir);
if (!opt.keep) rmSync(scratch, { recursive: true, force: true });
else console.log(`kept ${scratch}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
