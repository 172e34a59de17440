// The server under load: transactions a second beside other servers, replication lag, connections, a start after a crash, a soak.
//
//   npm run bench:server [-- --rows 100000 --warmup 5 --seconds 10 --only NAME --statements 1000000]
//
// sysbench and mariadbd are used where they are on PATH, the original where DOLT_BIN names it; servers take turns within a
// row, and each runs a test for some seconds before it is counted. Like bench/run.mjs it is a benchmark, not a test: it says what
// it saw and judges nothing.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../scripts/free-port.mjs';

const { values: opt } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '10' },
    warmup: { type: 'string', default: '5' },
    only: { type: 'string' },
    statements: { type: 'string', default: '1000000' },
  },
});
const rows = Number(opt.rows);
const scratch = mkdtempSync(join(tmpdir(), 'dolt-server-bench-'));
const home = join(scratch, 'home');
mkdirSync(home);
// Node reads the certificates that the environment names at each start, which takes longer than the rest of it.
const env = { ...process.env, HOME: home, NO_COLOR: '1', NODE_EXTRA_CA_CERTS: undefined };
const ours = fileURLToPath(new URL('../bin/dolt', import.meta.url));
const isOnPath = (command) => spawnSync(command, ['--version']).status === 0;
const wants = (name) => opt.only === undefined || name.includes(opt.only);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const load = () => loadavg()[0].toFixed(1);

function must(command, args, options = {}) {
  const run = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ').slice(0, 120)}: exit ${run.status}: ${run.stderr}${run.stdout}`);
  return run.stdout;
}

/** A server on a free port of loopback, which answers. */
class Served {
  constructor(child, port, ready) {
    this.child = child;
    this.port = port;
    /** Milliseconds from the start of the process to the first connection. */
    this.ready = ready;
  }

  static async start(command, args, port, cwd) {
    const began = performance.now();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'ignore'] });
    for (;;) {
      try {
        await (await createConnection({ host: '127.0.0.1', port, user: 'root' })).end();
        return new Served(child, port, performance.now() - began);
      } catch (error) {
        if (child.exitCode !== null || performance.now() - began > 60_000) throw error;
        await pause(5);
      }
    }
  }

  connect(database) {
    return createConnection({ host: '127.0.0.1', port: this.port, user: 'root', database, multipleStatements: true });
  }

  /** Resident bytes. */
  memory() {
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))[1]);
  }

  async end(signal = 'SIGTERM') {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await ended;
  }
}

async function serveDolt(bin, cwd) {
  const port = await freePort();
  return await Served.start(bin, ['sql-server', '--host', '127.0.0.1', '--port', String(port)], port, cwd);
}

function folder(name) {
  const path = join(scratch, name);
  mkdirSync(path, { recursive: true });
  return path;
}

function repository(bin, name) {
  const path = folder(name);
  must(bin, ['init'], { cwd: path });
  return path;
}

async function serveMariadb(name) {
  const data = folder(name);
  must('mariadb-install-db', ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--user=root']);
  const port = await freePort();
  const args = ['--no-defaults', `--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(data, 's')}`, '--user=root'];
  return await Served.start('mariadbd', args, port, data);
}

for (const bin of [ours, ...(process.env.DOLT_BIN ? [process.env.DOLT_BIN] : [])]) {
  must(bin, ['config', '--global', '--add', 'user.name', 'Bench']);
  must(bin, ['config', '--global', '--add', 'user.email', 'bench@example.com']);
}
console.log(`rows ${rows}, ${opt.seconds} s each after ${opt.warmup} s, node ${process.version}, scratch ${scratch}`);

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))];

async function throughput() {
  if (!isOnPath('sysbench')) return console.log('sysbench is not installed: no throughput');
  const peers = [{ name: 'dolt-ts', start: () => serveDolt(ours, repository(ours, 'ours')) }];
  const { DOLT_BIN: original } = process.env;
  if (original) peers.push({ name: 'Dolt', start: () => serveDolt(original, repository(original, 'dolt')) });
  if (isOnPath('mariadbd')) peers.push({ name: 'MariaDB', start: () => serveMariadb('mariadb') });
  const sysbench = (served, test, threads, command, seconds = opt.seconds) => {
    const flags = [`--mysql-port=${served.port}`, '--mysql-host=127.0.0.1', '--mysql-user=root', '--mysql-db=sbtest'];
    flags.push('--db-driver=mysql', `--table-size=${rows}`, `--threads=${threads}`, `--time=${seconds}`, '--db-ps-mode=auto');
    return must('sysbench', [...flags, test, command]);
  };
  for (const peer of peers) {
    peer.served = await peer.start();
    const connection = await peer.served.connect();
    await connection.query('create database sbtest');
    await connection.end();
    sysbench(peer.served, 'oltp_read_only', 1, 'prepare');
  }
  for (const test of ['point_select', 'read_only', 'insert', 'update_index', 'write_only']) {
    for (const threads of [1, 8]) {
      const cells = [];
      for (const { name, served } of peers) {
        if (opt.warmup !== '0') sysbench(served, `oltp_${test}`, threads, 'run', opt.warmup);
        const said = sysbench(served, `oltp_${test}`, threads, 'run');
        cells.push({ name, rate: Number(/transactions:\s+\d+\s+\(([\d.]+) per sec/.exec(said)[1]) });
      }
      const ratios = cells.slice(1).map(({ name, rate }) => `${(cells[0].rate / rate).toFixed(2)} x ${name}`);
      const rates = cells.map(({ name, rate }) => `${name} ${rate.toFixed(0)}`);
      console.log(`${test}, ${threads} threads, transactions/s: ${rates.join(' | ')}  ${ratios.join(', ')} (load ${load()})`);
    }
  }
  for (const { served } of peers) await served.end();
}

/** From the call of a replicated commit to the first read on the replica that shows it. */
async function lag() {
  const remote = folder('lag-remote');
  const primary = repository(ours, 'lag-primary');
  const config = (cwd, name, value) => must(ours, ['config', '--add', '--local', `sqlserver.global.${name}`, value], { cwd });
  must(ours, ['remote', 'add', 'origin', `file://${remote}`], { cwd: primary });
  config(primary, 'dolt_replicate_to_remote', 'origin');
  must(ours, ['sql', '-q', "create table t (id int primary key); call dolt_commit('-Am', 'start')"], { cwd: primary });
  const replica = join(scratch, 'lag-replica');
  must(ours, ['clone', `file://${remote}`, replica], { cwd: scratch });
  config(replica, 'dolt_read_replica_remote', 'origin');
  config(replica, 'dolt_replicate_heads', 'main');
  const servers = [await serveDolt(ours, primary), await serveDolt(ours, replica)];
  const writer = await servers[0].connect('lag-primary');
  const reader = await servers[1].connect('lag-replica');
  const [fromCall, fromAcknowledgement] = [[], []];
  for (let id = 1; id <= 300; id++) {
    const called = performance.now();
    let acknowledged;
    const committing = writer.query(`insert into t values (${id}); call dolt_commit('-am', 'c${id}')`).then(() => {
      acknowledged = performance.now();
    });
    for (let seen = false; !seen; ) {
      const [[row]] = await reader.query(`select count(*) as n from t where id = ${id}`);
      seen = row.n === 1;
    }
    const visible = performance.now();
    await committing;
    fromCall.push(visible - called);
    fromAcknowledgement.push(Math.max(0, visible - acknowledged));
    await pause(5);
  }
  for (const [name, values] of [['call', fromCall], ['acknowledgement', fromAcknowledgement]]) {
    console.log(`lag, ms from the ${name} of a commit to the replica: p50 ${quantile(values, 0.5).toFixed(1)}, p99 ${quantile(values, 0.99).toFixed(1)}, most ${Math.max(...values).toFixed(1)} (load ${load()})`);
  }
  for (const connection of [writer, reader]) await connection.end();
  for (const served of servers) await served.end();
}

async function connections() {
  const served = await serveDolt(ours, repository(ours, 'connections'));
  const open = [];
  const more = async (count) => {
    for (let i = 0; i < count; i++) {
      open.push(await served.connect('connections'));
      await open.at(-1).query('select 1');
    }
    await pause(1000);
  };
  await more(100);
  const before = served.memory();
  await more(900);
  const after = served.memory();
  const began = performance.now();
  await open[0].query('select 1');
  console.log(`connections: 1,000 open, ${((after - before) / 900 / 1024).toFixed(1)} KB each, one answers in ${(performance.now() - began).toFixed(1)} ms`);
  for (const connection of open) connection.destroy();
  await served.end();
}

/** kill -9 while it writes to a large repository, and how long the next start takes. */
async function recovery() {
  const path = repository(ours, 'recovery');
  const csv = join(scratch, 'large.csv');
  // Ten rows for each row of the other sections, of a kilobyte that nothing compresses: 1 GB of them, unless told otherwise.
  const count = 10 * rows;
  const noise = randomBytes(12 << 20).toString('base64');
  const file = openSync(csv, 'w');
  writeSync(file, 'id,a,b\n');
  for (let id = 0; id < count; ) {
    let lines = '';
    for (let i = 0; i < 5000 && id < count; i++, id++) {
      const at = Math.floor(Math.random() * (noise.length - 1000));
      lines += `${id},${Math.imul(id, 2654435761)},${noise.slice(at, at + 1000)}\n`;
    }
    writeSync(file, lines);
  }
  closeSync(file);
  must(ours, ['sql', '-q', 'create table t (id int primary key, a varchar(20), b varchar(1000), key(a))'], { cwd: path });
  must(ours, ['table', 'import', '-u', 't', csv], { cwd: path });
  rmSync(csv);
  const served = await serveDolt(ours, path);
  const connection = await served.connect('recovery');
  connection.on('error', () => {});
  let acknowledged = -1;
  const writing = (async () => {
    for (let id = count; ; id++) {
      await connection.query(`insert into t values (${id}, 'a${id}', 'b')`);
      acknowledged = id;
    }
  })().catch(() => {});
  await pause(2000);
  await served.end('SIGKILL');
  await writing;
  const again = await serveDolt(ours, path);
  const reader = await again.connect('recovery');
  const [[row]] = await reader.query(`select count(*) as n from t where id > ${count - 1} and id <= ${acknowledged}`);
  const size = Number(must('du', ['-sm', path]).split('\t')[0]);
  console.log(`recovery: ${size} MB on disk, served ${again.ready.toFixed(0)} ms after the start; ${row.n} of ${acknowledged - count + 1} acknowledged rows are there`);
  await reader.end();
  await again.end();
}

/** Many statements: whether memory or the journal grow. */
async function soak() {
  const path = repository(ours, 'soak');
  const served = await serveDolt(ours, path);
  const total = Number(opt.statements);
  const clients = await Promise.all(Array.from({ length: 4 }, () => served.connect('soak')));
  await clients[0].query('create table t (id int auto_increment primary key, k int, v varchar(100), key(k))');
  const sizeOf = (file) => statSync(join(path, '.dolt/noms', file), { throwIfNoEntry: false })?.size ?? 0;
  const filesIn = (folder) => (existsSync(join(path, '.dolt/noms', folder)) ? readdirSync(join(path, '.dolt/noms', folder)) : []);
  const store = () => {
    const files = [...filesIn(''), ...filesIn('oldgen').map((name) => join('oldgen', name))];
    return `journal ${sizeOf('v'.repeat(32)) >> 20} MB, store ${files.reduce((sum, file) => sum + sizeOf(file), 0) >> 20} MB`;
  };
  const statements = [
    (i) => `insert into t (k, v) values (${i % 1000}, 'value ${i}')`,
    (i) => `select * from t where id = ${1 + (i % 5000)}`,
    (i) => `update t set v = 'again ${i}' where id = ${1 + (i % 5000)}`,
    (i) => `select k, count(*) from t where k between ${i % 1000} and ${(i % 1000) + 5} group by k`,
    (i) => `delete from t where id < ${i / 5 - 5000}`,
  ];
  let done = 0;
  const began = performance.now();
  const work = async (connection) => {
    while (done < total) {
      const i = done++;
      await connection.query(statements[i % statements.length](i));
      if (i % Math.ceil(total / 10) === 0) {
        const rate = Math.round((1000 * i) / (performance.now() - began));
        console.log(`soak: ${i} statements, ${rate}/s, memory ${served.memory() >> 20} MB, ${store()} (load ${load()})`);
      }
      if (i % 997 === 0) await connection.query(`call dolt_commit('-Am', 'at ${i}', '--allow-empty')`).catch((error) => console.log(`  ${error.message}`));
    }
  };
  await Promise.all(clients.map(work));
  console.log(`soak: done, memory ${served.memory() >> 20} MB, ${store()}`);
  for (const connection of clients) await connection.end();
  await served.end();
}

for (const [name, run] of Object.entries({ throughput, lag, connections, recovery, soak })) if (wants(name)) await run();
rmSync(scratch, { recursive: true, force: true });
