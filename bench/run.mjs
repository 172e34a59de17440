// Side by side with what a user would pick instead: whole processes, several runs, median and ratio.
//
//   npm run bench [-- --rows 1000000 --runs 5 --only NAME --keep]
//
// Peers are found by environment: DOLT_BIN (the original; REMOTESRV_BIN, its server of remotes), DOLTLITE_BIN, and sqlite3 on
// PATH. Every row prints the statement it runs. Peers take turns within a row, so that a machine that slows down slows all of
// them; where other work shares it (the load is printed), believe the ratios of CPU time. It is a benchmark, not a test: it
// says what it saw and judges nothing.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from '../scripts/free-port.mjs';
import { pageTime, polled } from './hub-rows.mjs';
import { sessionRows } from './session-rows.mjs';

const { values: opt } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const rows = Number(opt.rows);
const runs = Number(opt.runs);
const scratch = mkdtempSync(join(tmpdir(), 'dolt-bench-'));
const home = join(scratch, 'home');
mkdirSync(home);
// Node reads the certificates that the environment names at each start, which takes longer than the rest of it.
const env = { ...process.env, HOME: home, NO_COLOR: '1', NODE_EXTRA_CA_CERTS: undefined };
const csv = join(scratch, 'rows.csv');

const ours = fileURLToPath(new URL('../bin/dolt', import.meta.url));
const versioned = [
  { name: 'dolt-ts', bin: ours },
  ...(process.env.DOLT_BIN ? [{ name: 'Dolt', bin: process.env.DOLT_BIN }] : []),
];
const sqlite = process.env.DOLTLITE_BIN
  ? [{ name: 'DoltLite', bin: process.env.DOLTLITE_BIN }]
  : [];
if (spawnSync('sqlite3', ['--version']).status === 0) sqlite.push({ name: 'SQLite', bin: 'sqlite3' });

/** Runs a command: wall and CPU milliseconds, peak memory in MB (the latter two are 0 where GNU time is missing). */
function measure(command, args, options = {}) {
  const timed = existsSync('/usr/bin/time');
  const report = join(scratch, 'time');
  const start = process.hrtime.bigint();
  const run = timed
    ? spawnSync('/usr/bin/time', ['-o', report, '-f', '%M %U %S', command, ...args], { env, ...options })
    : spawnSync(command, args, { env, ...options });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ').slice(0, 90)}: exit ${run.status}: ${run.stderr}`);
  const [kb, user, system] = timed ? readFileSync(report, 'utf8').trim().split('\n').at(-1).split(' ').map(Number) : [0, 0, 0];
  return { ms, cpu: 1000 * (user + system), mb: kb / 1024 };
}
const must = (bin, args, options) => measure(bin, args, { maxBuffer: 1 << 30, ...options });
const load = () => loadavg()[0].toFixed(1);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function writeRows() {
  const file = openSync(csv, 'w');
  writeSync(file, 'id,name,qty,price,ts\n');
  let block = '';
  let seed = 12345;
  const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff);
  for (let id = 0; id < rows; id++) {
    const day = String(1 + (id % 28)).padStart(2, '0');
    const second = String(id % 60).padStart(2, '0');
    block += `${id},item-${next() % 1000003}-${id % 7},${next() % 1000},${(next() % 100000) / 100},2024-0${1 + (id % 9)}-${day} 10:20:${second}\n`;
    if (block.length > 1 << 16) {
      writeSync(file, block);
      block = '';
    }
  }
  writeSync(file, block);
  closeSync(file);
}

const createTable =
  'create table t (id int primary key, name varchar(64), qty int, price decimal(10,2), ts datetime, key(qty))';

/** One folder a peer; `stages` are copies of its repository before each step that changes it. */
const place = (peer) => join(scratch, peer.name);
const stage = (peer, name) => join(place(peer), name);
function copy(peer, from, to) {
  rmSync(stage(peer, to), { recursive: true, force: true });
  cpSync(stage(peer, from), stage(peer, to), { recursive: true });
  return stage(peer, to);
}

const results = [];
function row(name, statement, perPeer, times = runs) {
  if (opt.only && !name.includes(opt.only)) return;
  const line = { name, statement };
  const samples = new Map();
  for (let i = 0; i < times; i++) {
    for (const [peer, run] of perPeer) {
      const list = samples.get(peer.name) ?? [];
      list.push(run(peer));
      samples.set(peer.name, list);
    }
  }
  for (const [peer, list] of samples) {
    const of = (what) => list.map((sample) => sample[what]);
    line[peer] = { ms: median(of('ms')), least: Math.min(...of('ms')), cpu: median(of('cpu')), mb: Math.max(...of('mb')) };
  }
  results.push(line);
  const cells = [...samples.keys()].map((peer) => {
    const { ms, least, cpu, mb } = line[peer];
    return `${peer} ${ms.toFixed(1)} ms (least ${least.toFixed(1)}, CPU ${cpu.toFixed(0)})${mb ? ` ${mb.toFixed(0)} MB` : ''}`;
  });
  const ratio = (what) => (line['dolt-ts'][what] / line.Dolt[what]).toFixed(3);
  const ratios = line.Dolt && line['dolt-ts'] ? `  ratio ${ratio('ms')}, least ${ratio('least')}, CPU ${ratio('cpu')}` : '';
  console.log(`${name}: ${cells.join(' | ')}${ratios}\n    ${statement} (load ${load()})`);
}

/** Runs `what` and `base` in turn; medians and least values of wall and CPU time as multiples of the base's. */
function multiples(label, what, base, times) {
  const pairs = Array.from({ length: times }, () => [what(), base()]);
  const multiple = (reduce, key) => reduce(pairs.map(([a]) => a[key])) / reduce(pairs.map(([, b]) => b[key]));
  const least = (values) => Math.min(...values);
  const cells = [
    `least ${multiple(least, 'ms').toFixed(2)}`,
    `median ${multiple(median, 'ms').toFixed(2)}`,
    `CPU ${multiple(median, 'cpu').toFixed(2)}`,
    `base ${least(pairs.map(([, b]) => b.ms)).toFixed(1)} ms`,
  ];
  console.log(`${label}: ${cells.join(', ')} (load ${load()})`);
}
const each = (peers, run) => peers.map((peer) => [peer, run]);
const sql = (bin, cwd, query, ...more) => must(bin, ['sql', ...more, '-q', query], { cwd });

// Data and repositories.
console.log(`rows ${rows}, runs ${runs}, node ${process.version}, scratch ${scratch}`);
writeRows();
for (const peer of versioned) {
  mkdirSync(stage(peer, 'empty'), { recursive: true });
  must(peer.bin, ['config', '--global', '--add', 'user.name', 'Bench']);
  must(peer.bin, ['config', '--global', '--add', 'user.email', 'bench@example.com']);
  must(peer.bin, ['init'], { cwd: stage(peer, 'empty') });
  copy(peer, 'empty', 'table');
  sql(peer.bin, stage(peer, 'table'), createTable);
  copy(peer, 'empty', 'small');
  sql(peer.bin, stage(peer, 'small'), 'create table test (pk int, c1 int, primary key(pk))');
  sql(peer.bin, stage(peer, 'small'), 'insert into test values (0,0),(1,1),(2,2)');
}
for (const peer of sqlite) mkdirSync(place(peer), { recursive: true });

// A command's first two runs write its code cache: they are made here, on three rows.
const tiny = join(scratch, 'tiny.csv');
writeFileSync(tiny, readFileSync(csv, 'utf8').split('\n', 4).join('\n'));
for (let round = 0; round < 3; round++) {
  for (const p of versioned) {
    rmSync(stage(p, 'warm-remote'), { recursive: true, force: true });
    mkdirSync(stage(p, 'warm-remote'));
    rmSync(stage(p, 'warm-clone'), { recursive: true, force: true });
    const cwd = copy(p, 'table', 'warm');
    const run = (...args) => must(p.bin, args, { cwd });
    run('table', 'import', '-u', 't', tiny);
    run('commit', '-Am', 'import');
    run('remote', 'add', 'origin', `file://${stage(p, 'warm-remote')}`);
    run('push', 'origin', 'main');
    run('clone', `file://${stage(p, 'warm-remote')}`, stage(p, 'warm-clone'));
    run('sql', '-q', 'update t set price = price + 1 where id % 100000 = 1');
    run('diff', '--stat');
    run('commit', '-am', 'few');
    run('push', 'origin', 'main');
    run('sql', '-q', 'select count(*) from t');
    run('sql', '-q', 'select qty, sum(price), avg(price) from t group by qty order by 2 desc limit 10');
    run('sql', '-r', 'csv', '-q', 'select * from t');
    sql(p.bin, stage(p, 'small'), 'select * from test');
  }
}

// Start-up beside an empty script, nine runs each.
if (!opt.only || 'start'.includes(opt.only)) {
  const empty = join(scratch, 'empty.cjs');
  closeSync(openSync(empty, 'w'));
  for (const peer of versioned) {
    const select = () => sql(peer.bin, stage(peer, 'small'), 'select * from test');
    multiples(`start, ${peer.name}, x an empty node script`, select, () => must(process.execPath, [empty]), 9);
  }
}

const few = Math.min(runs, 3);
row('import', `table import -u t rows.csv, ${createTable}`, [
  ...each(versioned, (p) => must(p.bin, ['table', 'import', '-u', 't', csv], { cwd: copy(p, 'table', 'imported') })),
  ...each(sqlite, (p) => {
    rmSync(join(place(p), 'db'), { force: true });
    const script = `create table t (id integer primary key, name text, qty int, price numeric, ts text); create index kq on t(qty);\n.mode csv\n.import --skip 1 ${csv} t\n`;
    return must(p.bin, [join(place(p), 'db')], { input: script });
  }),
], few);
row('commit', "commit -Am 'import'", each(versioned, (p) => must(p.bin, ['commit', '-Am', 'import'], { cwd: copy(p, 'imported', 'committed') })), few);
for (const p of versioned) {
  if (existsSync(stage(p, 'committed'))) must(p.bin, ['remote', 'add', 'origin', `file://${stage(p, 'remote')}`], { cwd: stage(p, 'committed') });
}
row('push', 'push origin main (file://)', each(versioned, (p) => {
  rmSync(stage(p, 'remote'), { recursive: true, force: true });
  mkdirSync(stage(p, 'remote'));
  copy(p, 'committed', 'pushed');
  return must(p.bin, ['push', 'origin', 'main'], { cwd: stage(p, 'pushed') });
}), few);
row('clone', 'clone file://', each(versioned, (p) => {
  rmSync(stage(p, 'clone'), { recursive: true, force: true });
  return must(p.bin, ['clone', `file://${stage(p, 'remote')}`, stage(p, 'clone')]);
}));
const queries = [
  ['count', 'select count(*) from t', []],
  ['group by', 'select qty, sum(price), avg(price) from t group by qty order by 2 desc limit 10', []],
  ['dump', 'select * from t', ['-r', 'csv']],
];
for (const [name, query, more] of queries) {
  row(name, query, [
    ...each(versioned, (p) => sql(p.bin, stage(p, 'pushed'), query, ...more)),
    ...each(sqlite, (p) => must(p.bin, ['-csv', join(place(p), 'db'), query])),
  ]);
}
const updates = [
  ['update few', 'update t set price = price + 1 where id % 100000 = 5', 'few'],
  ['update all', 'update t set price = price + 1', 'all'],
];
for (const [name, query, to] of updates) {
  row(name, query, [
    ...each(versioned, (p) => sql(p.bin, copy(p, 'pushed', to), query)),
    ...each(sqlite, (p) => {
      cpSync(join(place(p), 'db'), join(place(p), to));
      return must(p.bin, [join(place(p), to), query]);
    }),
  ], few);
}
row('diff', 'diff --stat of those ten rows', each(versioned, (p) => must(p.bin, ['diff', '--stat'], { cwd: stage(p, 'few') })));
row('push few', 'push of the commit of those ten rows', each(versioned, (p) => {
  const remote = copy(p, 'remote', 'remote-few');
  copy(p, 'few', 'few-pushed');
  must(p.bin, ['commit', '-am', 'few'], { cwd: stage(p, 'few-pushed') });
  must(p.bin, ['remote', 'add', 'other', `file://${remote}`], { cwd: stage(p, 'few-pushed') });
  return must(p.bin, ['push', 'other', 'main'], { cwd: stage(p, 'few-pushed') });
}));

// Remotes over the network, each with its own server on loopback. Every run has a repository of its own there.
const served = versioned.filter(({ name }) => name === 'dolt-ts' || process.env.REMOTESRV_BIN);
if (!opt.only || 'http push, http clone, http push row, http fetch, http sessions, http hub'.includes(opt.only)) {
  const servers = await Promise.all(served.map(startServer));
  const url = (p, name) => `http://127.0.0.1:${servers[served.indexOf(p)].port}/bench/${name}`;
  const newest = (p, name) => `${name}-${counts.get(p.name + name) ?? 0}`;
  const counts = new Map();
  const next = (p, name) => {
    counts.set(p.name + name, (counts.get(p.name + name) ?? 0) + 1);
    return newest(p, name);
  };
  for (const p of served) {
    if (existsSync(stage(p, 'committed'))) continue;
    must(p.bin, ['table', 'import', '-u', 't', csv], { cwd: copy(p, 'table', 'committed') });
    must(p.bin, ['commit', '-Am', 'import'], { cwd: stage(p, 'committed') });
  }
  // As above: the caches of the commands, now with what goes over the network.
  for (let round = 0; round < 3; round++) {
    for (const p of served) {
      const cwd = copy(p, 'small', 'http-warm');
      must(p.bin, ['remote', 'add', 'origin', url(p, next(p, 'warm'))], { cwd });
      sql(p.bin, cwd, "call dolt_commit('-Am', 'warm')");
      must(p.bin, ['push', 'origin', 'main'], { cwd });
      rmSync(stage(p, 'http-warm-clone'), { recursive: true, force: true });
      must(p.bin, ['clone', url(p, newest(p, 'warm')), stage(p, 'http-warm-clone')]);
      sql(p.bin, cwd, "insert into test values (100, 1); call dolt_commit('-am', 'warm')");
      must(p.bin, ['push', 'origin', 'main'], { cwd });
      must(p.bin, ['fetch', 'origin'], { cwd: stage(p, 'http-warm-clone') });
    }
  }
  const pushed = (p) => {
    const dir = copy(p, 'committed', 'http');
    must(p.bin, ['remote', 'add', 'http', url(p, next(p, 'pushed'))], { cwd: dir });
    return dir;
  };
  row('http push', 'push http main, into an empty repository', each(served, (p) => must(p.bin, ['push', 'http', 'main'], { cwd: pushed(p) })), few);
  row('http clone', 'clone http://', each(served, (p) => {
    rmSync(stage(p, 'http-clone'), { recursive: true, force: true });
    return must(p.bin, ['clone', url(p, newest(p, 'pushed')), stage(p, 'http-clone')]);
  }));
  const change = (p, i) => sql(p.bin, stage(p, 'http'), `update t set qty = qty + 1 where id = ${i}; call dolt_commit('-am', 'row ${i}')`);
  let changed = 0;
  row('http push row', 'push http main, a commit of one row', each(served, (p) => {
    change(p, changed++);
    return must(p.bin, ['push', 'http', 'main'], { cwd: stage(p, 'http') });
  }));
  row('http fetch', 'fetch origin, a commit of one row', each(served, (p) => {
    change(p, changed++);
    must(p.bin, ['push', 'http', 'main'], { cwd: stage(p, 'http') });
    return must(p.bin, ['fetch', 'origin'], { cwd: stage(p, 'http-clone') });
  }));
  if (!opt.only || 'http sessions'.includes(opt.only)) {
    const peers = served.map((p) => ({ name: p.name, bin: p.bin, data: stage(p, 'sessions'), url: (name) => url(p, name) }));
    for (const p of served) copy(p, 'committed', 'sessions/db');
    for (const [name, times] of await sessionRows(peers, env)) {
      const cells = Array.from(times, ([peer, ms]) => `${peer} ${median(ms).toFixed(1)} ms (least ${Math.min(...ms).toFixed(1)})`);
      const [mine, theirs] = [...times.values()].map(median);
      console.log(`http session, ${name}: ${cells.join(' | ')}${theirs ? `  ratio ${(mine / theirs).toFixed(3)}` : ''} (load ${load()})`);
    }
  }
  if (!opt.only || 'http hub'.includes(opt.only)) await hubRows(versioned[0], servers[0]);
  for (const server of servers) server.process.kill();
}

/** What our hub costs that is polled, and how long its pages of the same table take. */
async function hubRows(p, server) {
  const { port, httpPort } = server;
  if (!existsSync(stage(p, 'http'))) {
    const dir = copy(p, 'committed', 'http');
    must(p.bin, ['remote', 'add', 'http', `http://127.0.0.1:${port}/bench/rows`], { cwd: dir });
  }
  const cwd = stage(p, 'http');
  sql(p.bin, cwd, "update t set qty = qty + 1 where id < 10; call dolt_commit('-am', 'ten rows')");
  must(p.bin, ['push', 'http', 'main'], { cwd });
  const repository = /127\.0\.0\.1:\d+\/(\S+)/.exec(readFileSync(join(cwd, '.dolt', 'repo_state.json'), 'utf8'))[1].replace(/".*/s, '');
  const { share, wait } = await polled({ pid: server.process.pid, authority: `127.0.0.1:${port}`, repository });
  const page = `http://127.0.0.1:${httpPort}/${repository}`;
  const rowsPage = await pageTime(`${page}/tables/t?ref=main&page=1000`);
  const difference = await pageTime(`${page}/compare?from=main~1&to=main&table=t`);
  console.log(`http hub, 64 replicas that poll once a second: ${(100 * share).toFixed(1)} % of a core (goal 10), each waits ${wait.toFixed(1)} ms; load ${load()}`);
  console.log(`http hub, page of 50 rows of ${rows}: ${rowsPage.toFixed(1)} ms (goal 50); load ${load()}`);
  console.log(`http hub, difference page of 10 rows of ${rows}: ${difference.toFixed(1)} ms (goal 100); load ${load()}`);
}

/** Serves remotes in clear, at a port of its own for each peer; ready when it answers. */
async function startServer(p) {
  const [port, httpPort] = [await freePort(), await freePort()];
  const folder = stage(p, 'served');
  mkdirSync(folder, { recursive: true });
  const ports = ['--grpc-port', String(port), '--http-port', String(httpPort)];
  const [command, args] =
    p.name === 'dolt-ts' ? [p.bin, ['hub', '--open', '--data-dir', folder, ...ports]] : [process.env.REMOTESRV_BIN, ['--dir', folder, ...ports]];
  const server = spawn(command, args, { env, cwd: folder, stdio: 'ignore' });
  process.on('exit', () => server.kill());
  for (let waited = 0; waited < 20_000; waited += 100) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen) return { process: server, port, httpPort };
  }
  throw new Error(`${command} does not listen on ${port}`);
}

// One process, many replicated commits: the cost of one is the difference between a long and a short script.
row('replicated commit', "insert one row; call dolt_commit('-am', …), synchronous, one process, each of 100", each(versioned, (p) => {
  const make = (count) => {
    const dir = copy(p, 'small', 'primary');
    rmSync(stage(p, 'primary-remote'), { recursive: true, force: true });
    mkdirSync(stage(p, 'primary-remote'));
    must(p.bin, ['remote', 'add', 'origin', `file://${stage(p, 'primary-remote')}`], { cwd: dir });
    sql(p.bin, dir, "call dolt_commit('-Am', 'base')");
    must(p.bin, ['config', '--add', '--local', 'sqlserver.global.dolt_replicate_to_remote', 'origin'], { cwd: dir });
    const input = Array.from({ length: count }, (_, i) => `insert into test values (${100 + i}, ${i}); call dolt_commit('-am', 'commit ${i}');\n`).join('');
    return must(p.bin, ['sql'], { cwd: dir, input });
  };
  const short = make(10);
  const long = make(110);
  return { ms: (long.ms - short.ms) / 100, cpu: (long.cpu - short.cpu) / 100, mb: long.mb };
}), few);
if (!opt.only || 'idle replica'.includes(opt.only)) {
  for (const p of versioned) {
    for (const [name, settings] of [
      ['plain', []],
      ['replica', ['dolt_read_replica_remote', 'origin', 'dolt_replicate_heads', 'main']],
    ]) {
      rmSync(stage(p, name), { recursive: true, force: true });
      must(p.bin, ['clone', `file://${stage(p, 'primary-remote')}`, stage(p, name)]);
      for (let i = 0; i < settings.length; i += 2) {
        must(p.bin, ['config', '--add', '--local', `sqlserver.global.${settings[i]}`, settings[i + 1]], { cwd: stage(p, name) });
      }
    }
    const whole = (name) => () => sql(p.bin, stage(p, name), 'select * from test');
    whole('replica')();
    multiples(`idle replica, ${p.name}, x a plain read, whole processes`, whole('replica'), whole('plain'), 9);
    const script = (count) => 'select * from test where pk = 1;\n'.repeat(count);
    const inside = (name) => () => {
      const [short, long] = [100, 2100].map((count) => must(p.bin, ['sql'], { cwd: stage(p, name), input: script(count) }));
      return { ms: (long.ms - short.ms) / 2000, cpu: (long.cpu - short.cpu) / 2000 };
    };
    multiples(`idle replica, ${p.name}, x a plain read, in one process`, inside('replica'), inside('plain'), few);
  }
}

console.log(`\n${createHash('sha1').update(JSON.stringify(results)).digest('hex').slice(0, 8)} done`);
if (opt.keep) console.log(`kept ${scratch}`);
else rmSync(scratch, { recursive: true, force: true });
