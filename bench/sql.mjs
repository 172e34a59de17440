// Queries and inserts, warm, beside other servers: ours through the library and through a socket, results fetched in full.
//
//   npm run bench:sql [-- --rows 1000000 --runs 5 --only NAME --data FOLDER]
//
// The original is used where DOLT_BIN names it, mariadbd where it is on PATH. Peers take turns within a row; a time is the
// median of the runs, and beside it stands the processor time of the server, which other work on the machine changes less.
// With --data the data set is built there once and stays. It is a benchmark, not a test: it says what it saw and judges nothing.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { open } from '../dist/lib/index.js';
import { freePort } from '../scripts/free-port.mjs';

const { values: opt } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    peers: { type: 'string' },
    data: { type: 'string' },
  },
});
const rows = Number(opt.rows);
const runs = Number(opt.runs);
const data = opt.data === undefined ? mkdtempSync(join(tmpdir(), 'dolt-sql-bench-')) : resolve(opt.data);
const home = join(data, 'home');
mkdirSync(home, { recursive: true });
// Node reads the certificates that the environment names at each start, which takes longer than the rest of it.
const env = { ...process.env, HOME: home, NO_COLOR: '1', NODE_EXTRA_CA_CERTS: undefined };
const ours = fileURLToPath(new URL('../bin/dolt', import.meta.url));
const load = () => loadavg()[0].toFixed(1);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const wants = (name) => opt.only === undefined || opt.only.split(',').some((part) => name.includes(part));
const plays = (name) => opt.peers === undefined || opt.peers.split(',').includes(name);

function must(command, args, options = {}) {
  const run = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ').slice(0, 120)}: exit ${run.status}: ${run.stderr}${run.stdout}`);
  return run.stdout;
}

// The data set: t as in bench/run.mjs, and u, a tenth of its size, each row of which refers to a row of t.
const TABLES = {
  t: 'create table t (id int primary key, name varchar(64), qty int, price decimal(10,2), ts datetime, key(qty))',
  u: 'create table u (id int primary key, ref int, n int, code int, label varchar(32), key(code))',
};

function writeCsv(file, header, count, line) {
  const out = openSync(file, 'w');
  let block = `${header}\n`;
  for (let id = 0; id < count; id++) {
    block += line(id);
    if (block.length > 1 << 16 || id === count - 1) {
      writeSync(out, block);
      block = '';
    }
  }
  closeSync(out);
}

function writeRows() {
  let seed = 12345;
  const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff);
  writeCsv(join(data, 't.csv'), 'id,name,qty,price,ts', rows, (id) => {
    const day = String(1 + (id % 28)).padStart(2, '0');
    const second = String(id % 60).padStart(2, '0');
    return `${id},item-${next() % 1000003}-${id % 7},${next() % 1000},${(next() % 100000) / 100},2024-0${1 + (id % 9)}-${day} 10:20:${second}\n`;
  });
  const few = Math.floor(rows / 10);
  writeCsv(join(data, 'u.csv'), 'id,ref,n,code,label', few, (id) => {
    const shuffled = (id * 7919) % few;
    return `${id},${shuffled * 10 + (id % 10)},${next() % 1000},${(id * 104729) % 15485863},label ${next() % 5000}\n`;
  });
}

function buildRepository(bin, folder) {
  mkdirSync(folder);
  must(bin, ['config', '--global', '--add', 'user.name', 'Bench']);
  must(bin, ['config', '--global', '--add', 'user.email', 'bench@example.com']);
  must(bin, ['init'], { cwd: folder });
  for (const [table, statement] of Object.entries(TABLES)) {
    must(bin, ['sql', '-q', statement], { cwd: folder });
    must(bin, ['table', 'import', '-u', table, join(data, `${table}.csv`)], { cwd: folder });
  }
  must(bin, ['commit', '-Am', 'data'], { cwd: folder });
}

/** A server that answers, and one connection to it. Times are milliseconds. */
class Served {
  constructor(name, child, connection) {
    this.name = name;
    this.child = child;
    this.connection = connection;
  }

  static async start(name, database, command, args, port, cwd) {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'ignore'] });
    for (let tries = 0; ; tries++) {
      try {
        const options = { host: '127.0.0.1', port, user: 'root', database, rowsAsArray: true };
        return new Served(name, child, await createConnection(options));
      } catch (error) {
        if (child.exitCode !== null || tries > 3000) throw error;
        await new Promise((done) => setTimeout(done, 20));
      }
    }
  }

  async run(statement) {
    // Fields stay bytes: what the client would make of them takes the same time for each server.
    const [found] = await this.connection.query({ sql: statement, typeCast: false });
    return found.length;
  }

  execute(statement, values) {
    return this.connection.execute(statement, values);
  }

  /** Processor time of the server's threads so far. */
  cpu() {
    const tasks = `/proc/${this.child.pid}/task`;
    let nanoseconds = 0;
    for (const task of readdirSync(tasks)) nanoseconds += Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
    return nanoseconds / 1e6;
  }

  memory() {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))[1]) >> 10;
  }

  async end() {
    await this.connection.end();
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    await ended;
  }
}

async function serveDolt(name, bin) {
  const folder = join(data, name, 'bench');
  if (!existsSync(join(data, name))) {
    mkdirSync(join(data, name));
    buildRepository(bin, folder);
  }
  const port = await freePort();
  return await Served.start(name, 'bench', bin, ['sql-server', '--host', '127.0.0.1', '--port', String(port)], port, folder);
}

async function serveMariadb() {
  const folder = join(data, 'MariaDB');
  const isNew = !existsSync(folder);
  if (isNew) {
    must('mariadb-install-db', ['--no-defaults', `--datadir=${folder}`, '--auth-root-authentication-method=normal', '--user=root']);
  }
  const port = await freePort();
  // The data set has to fit into its cache, as it does into the others'.
  const args = ['--no-defaults', `--datadir=${folder}`, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(folder, 's')}`];
  const served = await Served.start('MariaDB', isNew ? undefined : 'bench', 'mariadbd', [...args, '--user=root', '--innodb-buffer-pool-size=1G'], port, folder);
  if (!isNew) return served;
  for (const statement of ['create database bench', 'use bench', ...Object.values(TABLES)]) await served.connection.query(statement);
  for (const table of Object.keys(TABLES)) {
    await served.connection.query(`load data infile '${join(data, `${table}.csv`)}' into table ${table} fields terminated by ',' ignore 1 lines`);
  }
  await served.connection.query('analyze table t, u');
  return served;
}

/** Ours, in this process. */
async function openLibrary() {
  if (!existsSync(join(data, 'library'))) {
    mkdirSync(join(data, 'library'));
    buildRepository(ours, join(data, 'library', 'bench'));
  }
  process.env.HOME = home;
  const database = await open(join(data, 'library', 'bench'));
  return {
    name: 'library',
    run: async (statement) => (await database.query(statement)).rows.length,
    execute: (statement, values) => database.query(statement, values),
    cpu: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    memory: () => process.resourceUsage().maxRSS >> 10,
    end: () => database.close(),
  };
}

const QUERIES = {
  'scan with filter': 'select id, name, price from t where price > 900 and qty % 3 = 0',
  'group by, 1,000 groups': 'select qty, count(*), sum(price), avg(price) from t group by qty',
  'group by, 930,000 groups': 'select name, count(*), max(price) from t group by name having count(*) > 4',
  'join, 1M x 100k': 'select t.id, t.name, u.label from t join u on u.ref = t.id',
  'top 10': 'select * from t order by price desc, name limit 10',
  'index range of 1 %': 'select id, name, price from t where qty between 500 and 509',
  'correlated EXISTS': 'select count(*) from t where exists (select 1 from u where u.ref = t.id and u.n > t.qty)',
  'window rank': 'select id, rank() over (order by price) from t',
  'count(distinct)': 'select count(distinct name) from t',
  LIKE: "select count(*) from t where name like '%99-3%'",
};
/** What a peer has no answer to in twenty minutes, and is not asked. */
const UNANSWERED = { Dolt: ['correlated EXISTS'] };
const POINTS = {
  'point select by key': ['select * from t where id = ?', (i) => (i * 7919) % rows],
  'point select by index': ['select * from u where code = ?', (i) => (((i * 7919) % Math.floor(rows / 10)) * 104729) % 15485863],
};
const POINTS_A_RUN = 2000;
const INSERTS = Math.floor(rows / 10);

/** Milliseconds of wall and processor time. */
async function timed(peer, work) {
  const cpu = peer.cpu();
  const began = performance.now();
  const count = await work();
  return { ms: performance.now() - began, cpu: peer.cpu() - cpu, count };
}

const ratios = new Map();
async function row(name, peers, times, work, scale = 1, unit = 'ms') {
  if (!wants(name)) return;
  const samples = new Map(peers.map((peer) => [peer, []]));
  for (let i = 0; i <= times; i++) {
    for (const peer of peers) {
      const sample = await timed(peer, () => work(peer));
      // The first run warms up, where there are others.
      if (i > 0 || times === 0) samples.get(peer).push(sample);
    }
  }
  const seen = new Map();
  const cells = peers.map((peer) => {
    const list = samples.get(peer);
    const ms = median(list.map((s) => s.ms)) * scale;
    const cpu = median(list.map((s) => s.cpu)) * scale;
    seen.set(peer.name, { ms, cpu });
    return `${peer.name} ${ms.toFixed(1)} (CPU ${cpu.toFixed(1)})`;
  });
  const counts = new Set(peers.map((peer) => samples.get(peer)[0].count));
  const said = counts.size === 1 ? '' : `  RESULTS DIFFER: ${[...counts].join(', ')} rows`;
  const compared = [];
  for (const [mine, other] of [['dolt-ts', 'Dolt'], ['dolt-ts', 'MariaDB'], ['library', 'Dolt']]) {
    const [a, b] = [seen.get(mine), seen.get(other)];
    if (!a || !b) continue;
    compared.push(`${mine} ${(a.ms / b.ms).toFixed(2)} (CPU ${(a.cpu / b.cpu).toFixed(2)}) x ${other}`);
    const key = `${mine} x ${other}`;
    ratios.set(key, [...(ratios.get(key) ?? []), { ms: a.ms / b.ms, cpu: a.cpu / b.cpu }]);
  }
  console.log(`${name}, ${unit}: ${cells.join(' | ')}${said}\n    ${compared.join(', ')} (load ${load()})`);
}

async function points(peer, statement, value) {
  for (let i = 0; i < POINTS_A_RUN; i++) await peer.execute(statement, [value(i)]);
  return POINTS_A_RUN;
}

async function inserts(peer) {
  await peer.run('create table if not exists i (id int primary key, name varchar(64), qty int, key(qty))');
  await peer.run('start transaction');
  for (let id = 0; id < INSERTS; id++) await peer.run(`insert into i values (${id}, 'item ${id}', ${(id * 7919) % 1000})`);
  await peer.run('commit');
  await peer.run('drop table i');
  return INSERTS;
}

if (!existsSync(join(data, 'u.csv'))) writeRows();
const starts = {
  library: openLibrary,
  'dolt-ts': () => serveDolt('dolt-ts', ours),
  ...(process.env.DOLT_BIN ? { Dolt: () => serveDolt('Dolt', process.env.DOLT_BIN) } : {}),
  ...(spawnSync('mariadbd', ['--version']).status === 0 ? { MariaDB: serveMariadb } : {}),
};
console.log(`rows ${rows}, runs ${runs}, node ${process.version}, data ${data}`);
const peers = [];
for (const [name, start] of Object.entries(starts)) if (plays(name)) peers.push(await start());

for (const [name, statement] of Object.entries(QUERIES)) {
  const asked = peers.filter((peer) => !UNANSWERED[peer.name]?.includes(name));
  await row(name, asked, runs, (peer) => peer.run(statement));
}
for (const [name, [statement, value]] of Object.entries(POINTS)) {
  await row(name, peers, runs, (peer) => points(peer, statement, value), 1000 / POINTS_A_RUN, 'µs');
}
await row('inserts in a transaction', peers, Math.min(runs, 1), inserts);
for (const [key, list] of ratios) {
  const mean = (what) => Math.exp(list.reduce((sum, ratio) => sum + Math.log(ratio[what]), 0) / list.length);
  console.log(`geometric mean, ${key}: ${mean('ms').toFixed(2)} (CPU ${mean('cpu').toFixed(2)})`);
}
for (const peer of peers) {
  console.log(`most memory, ${peer.name}: ${peer.memory()} MB`);
  await peer.end();
}
if (opt.data === undefined) rmSync(data, { recursive: true, force: true });
