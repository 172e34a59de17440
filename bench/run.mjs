// Side by side with what a user would pick instead: whole processes, several runs, median and ratio.
//
//   npm run bench [-- --rows 1000000 --runs 5 --only NAME --keep]
//
// Peers are found by environment: DOLT_BIN (the original), DOLTLITE_BIN, and sqlite3 on PATH. Every row prints the
// statement it runs. It is a benchmark, not a test: it says what it saw and judges nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

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
const env = { ...process.env, HOME: home, NO_COLOR: '1' };
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

/** Runs a command and answers wall milliseconds and peak memory in MB (0 where GNU time is missing). */
function measure(command, args, options = {}) {
  const timed = existsSync('/usr/bin/time');
  const report = join(scratch, 'time');
  const start = process.hrtime.bigint();
  const run = timed
    ? spawnSync('/usr/bin/time', ['-o', report, '-f', '%M', command, ...args], { env, ...options })
    : spawnSync(command, args, { env, ...options });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ').slice(0, 90)}: exit ${run.status}: ${run.stderr}`);
  const kb = timed ? Number(readFileSync(report, 'utf8').trim().split('\n').at(-1)) : 0;
  return { ms, mb: kb / 1024 };
}
const must = (bin, args, options) => measure(bin, args, { maxBuffer: 1 << 30, ...options });
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
  for (const [peer, list] of samples) line[peer] = { ms: median(list.map((s) => s.ms)), mb: Math.max(...list.map((s) => s.mb)) };
  results.push(line);
  const cells = Object.entries(line)
    .filter(([k]) => k !== 'name' && k !== 'statement')
    .map(([k, v]) => `${k} ${v.ms.toFixed(1)} ms${v.mb ? ` ${v.mb.toFixed(0)} MB` : ''}`);
  const ratio = line.Dolt && line['dolt-ts'] ? `  ratio ${(line['dolt-ts'].ms / line.Dolt.ms).toFixed(3)}` : '';
  console.log(`${name}: ${cells.join(' | ')}${ratio}\n    ${statement}`);
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

// Start-up, as the minimum of nine runs beside an empty script.
if (!opt.only || 'start'.includes(opt.only)) {
  const empty = join(scratch, 'empty.cjs');
  closeSync(openSync(empty, 'w'));
  const minimum = (run) => Math.min(...Array.from({ length: 9 }, () => run().ms));
  const base = minimum(() => must(process.execPath, [empty]));
  for (const peer of versioned) {
    sql(peer.bin, stage(peer, 'small'), 'select * from test');
    const ms = minimum(() => sql(peer.bin, stage(peer, 'small'), 'select * from test'));
    console.log(`start, ${peer.name}: ${ms.toFixed(1)} ms = ${(ms / base).toFixed(2)} x an empty node script (${base.toFixed(1)} ms)`);
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
for (const p of versioned) must(p.bin, ['remote', 'add', 'origin', `file://${stage(p, 'remote')}`], { cwd: stage(p, 'committed') });
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
  return { ms: (long.ms - short.ms) / 100, mb: long.mb };
}), few);
row('idle replica', 'select * from test on a file replica whose remote has not moved, as a multiple of a plain read', each(versioned, (p) => {
  rmSync(stage(p, 'replica'), { recursive: true, force: true });
  must(p.bin, ['clone', `file://${stage(p, 'primary-remote')}`, stage(p, 'replica')]);
  must(p.bin, ['config', '--add', '--local', 'sqlserver.global.dolt_read_replica_remote', 'origin'], { cwd: stage(p, 'replica') });
  must(p.bin, ['config', '--add', '--local', 'sqlserver.global.dolt_replicate_heads', 'main'], { cwd: stage(p, 'replica') });
  sql(p.bin, stage(p, 'replica'), 'select * from test');
  const one = () => sql(p.bin, stage(p, 'replica'), 'select * from test').ms;
  const replica = median(Array.from({ length: 9 }, one));
  const plain = median(Array.from({ length: 9 }, () => sql(p.bin, stage(p, 'primary'), 'select * from test').ms));
  return { ms: replica / plain, mb: 0 };
}), 1);

console.log(`\n${createHash('sha1').update(JSON.stringify(results)).digest('hex').slice(0, 8)} done`);
if (opt.keep) console.log(`kept ${scratch}`);
else rmSync(scratch, { recursive: true, force: true });
