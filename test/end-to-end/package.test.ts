/**
 * The file that `npm pack` makes, put where npm would put it with scripts off, far from this folder: the walkthrough
 * passes with its command, also from a folder that may only be read and without a home; the library works in JavaScript
 * and its types in TypeScript. Its dependencies are those that package.json names, copied, so that no network is needed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryRoot, Scratch } from './command-line.ts';

const scratch = new Scratch();
afterAll(() => {
  spawnSync('chmod', ['-R', 'u+w', scratch.folder]);
  scratch.remove();
});

/** A folder with a blank in its name, as a project of somebody else. */
const project = scratch.path('some where', 'project');
const modules = join(project, 'node_modules');
const installed = join(modules, 'dolt-ts');
const dolt = join(modules, '.bin', 'dolt');

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

beforeAll(() => {
  mkdirSync(join(modules, '.bin'), { recursive: true });
  // Scripts are off here too: what is packed is what was built before the tests.
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch.folder], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  execFileSync('tar', ['-xzf', scratch.path(filename), '-C', scratch.folder]);
  cpSync(scratch.path('package'), installed, { recursive: true });
  symlinkSync('../dolt-ts/bin/dolt', dolt);
  const { packages } = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8')) as Lock;
  for (const [path, { dev }] of Object.entries(packages)) {
    const source = join(repositoryRoot, path);
    if (path === '' || dev || !existsSync(source)) continue;
    mkdirSync(dirname(join(project, path)), { recursive: true });
    cpSync(source, join(project, path), { recursive: true });
  }
  writeFileSync(join(project, 'package.json'), '{"type":"module"}\n');
});

test('it has what it needs, and nothing else', () => {
  const files = execFileSync('find', ['.', '-type', 'f'], { cwd: installed, encoding: 'utf8' }).trim().split('\n');
  const others = files.filter((file) => !/^\.\/dist\/(cli|lib)\/.*\.(js|d\.ts)$/.test(file)).sort();
  expect(others).toEqual([
    './CHANGELOG.md',
    './LICENSE',
    './README.md',
    './bin/dolt',
    './bin/package.json',
    './dist/cli/package.json',
    './dist/lib/statements.cjs',
    './dist/lib/thread.cjs',
    './package.json',
  ]);
  expect(files.filter((file) => /(^|\/)(test|fixtures|bench)\/|\.test\./.test(file))).toEqual([]);
});

const walkthrough = (bin: string, environment: NodeJS.ProcessEnv = scratch.environment) =>
  spawnSync(process.execPath, [join(repositoryRoot, 'scripts/walkthrough.mjs'), '--quiet', '--bin', bin], {
    env: environment,
    encoding: 'utf8',
  }).stdout;

test('the walkthrough passes with its command', () => {
  expect(walkthrough(dolt)).toContain('46 passed, 0 failed');
});

test('it runs by a link of a link, without a home, from a folder that may only be read', () => {
  symlinkSync(dolt, scratch.path('dolt'));
  spawnSync('chmod', ['-R', 'a-w', installed]);
  const environment = { PATH: process.env['PATH'] };
  const folder = scratch.directory('with blanks');
  const run = (...args: string[]) =>
    spawnSync(scratch.path('dolt'), args, { cwd: folder, env: environment, encoding: 'utf8' });
  expect(run('init', '--name', 'A', '--email', 'a@b.c')).toMatchObject({ status: 0, stderr: '' });
  expect(run('sql', '-r', 'csv', '-q', 'select 1 as one')).toMatchObject({ status: 0, stdout: 'one\n1\n', stderr: '' });
  const global = run('config', '--global', '--add', 'user.name', 'B');
  expect(global).toMatchObject({ status: 1, stderr: expect.stringContaining('set HOME') });
  scratch.directory('re mote');
  expect(run('remote', 'add', 'origin', `file://${scratch.path('re mote')}`)).toMatchObject({ status: 0 });
  expect(run('push', 'origin', 'main')).toMatchObject({ status: 0 });
  expect(run('clone', `file://${scratch.path('re mote')}`, 'a clone')).toMatchObject({ status: 0 });
  spawnSync('chmod', ['-R', 'u+w', installed]);
});

test('its library works', () => {
  const program = `
    import { clone, DoltError, init, open, SqlError } from 'dolt-ts';
    const shop = await init('shop', { name: 'A', email: 'a@b.c' });
    await shop.query('create table items (id int primary key, name varchar(20))');
    await shop.query('insert into items values (?, ?)', [1, 'pen']);
    const head = await shop.commit('one');
    await shop.query("call dolt_remote('add', 'origin', ?)", [\`file://\${process.argv[2]}\`]);
    await shop.push();
    const copy = await clone(\`file://\${process.argv[2]}\`, 'copy');
    await shop.query("insert into items values (2, 'ink')");
    await shop.commit('two');
    await shop.push();
    await copy.pull();
    const names = [];
    for await (const { name } of copy.rows('select name from items order by id')) names.push(name);
    const error = await copy.query('selec').catch((error) => error);
    await Promise.all([shop.close(), copy.close()]);
    const missing = await open('nowhere').catch((error) => error);
    console.log(JSON.stringify([
      head.length, names, error instanceof SqlError, error.errno, missing instanceof DoltError, missing.kind,
    ]));
  `;
  writeFileSync(join(project, 'program.js'), program);
  const run = spawnSync(process.execPath, ['program.js', scratch.directory('library remote')], {
    cwd: project,
    env: scratch.environment,
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toEqual([32, ['pen', 'ink'], true, 1064, true, 'notFound']);
});

test('its command and its library check a large clone with a thread', () => {
  const [folder, remote] = [scratch.directory('large'), scratch.directory('large remote')];
  const lines = Array.from({ length: 50_000 }, (_, id) => `${id},${randomBytes(100).toString('hex')}\n`);
  writeFileSync(join(folder, 'rows.csv'), `id,text\n${lines.join('')}`);
  const run = (...args: string[]) =>
    execFileSync(dolt, args, { cwd: folder, env: scratch.environment, stdio: ['ignore', 'ignore', 'inherit'] });
  run('init', '--name', 'A', '--email', 'a@b.c');
  run('table', 'import', '-c', '--pk', 'id', 't', 'rows.csv');
  run('commit', '-Am', 'rows');
  run('remote', 'add', 'origin', `file://${remote}`);
  run('push', 'origin', 'main');
  const noting = `
    const threads = require('node:worker_threads');
    threads.Worker = class extends threads.Worker {
      constructor(path, options) {
        super(path, options);
        require('node:fs').appendFileSync(process.env.THREADS, path + '\\n');
      }
    };`;
  writeFileSync(scratch.path('noting.cjs'), noting);
  writeFileSync(
    join(project, 'cloning.js'),
    `import { clone } from 'dolt-ts'; await (await clone(process.argv[2], process.argv[3])).close();`,
  );
  const THREADS = scratch.path('threads');
  writeFileSync(THREADS, '');
  const env = { ...scratch.environment, NODE_OPTIONS: `--require "${scratch.path('noting.cjs')}"`, THREADS };
  execFileSync(dolt, ['clone', `file://${remote}`, 'by command'], { cwd: folder, env, stdio: 'ignore' });
  const library = ['cloning.js', `file://${remote}`, join(folder, 'by library')];
  execFileSync(process.execPath, library, { cwd: project, env });
  const path = join(realpathSync(installed), 'dist/lib/thread.cjs');
  expect(readFileSync(THREADS, 'utf8')).toBe(availableParallelism() < 2 ? '' : `${path}\n${path}\n`);
});

test('its types are right for a strict compiler that checks libraries too', () => {
  const program = `
    import { clone, type Database, DoltError, type ErrorKind, type Field, init, open, type QueryResult, SqlError } from 'dolt-ts';

    export async function use(folder: string): Promise<string | number> {
      const database: Database = await init(folder, { name: 'A', email: 'a@b.c' });
      const { rows, columns, affectedRows }: QueryResult = await database.query('select ? as one', [1]);
      const first: Field | undefined = rows[0]?.['one'];
      for await (const row of database.rows('select 1 as one')) if (row['one'] === 1) break;
      const count = await database.transaction(async (session) => (await session.query('select 1')).rows.length);
      // @ts-expect-error objects are no parameters
      await database.query('select ?', [{}]);
      // @ts-expect-error rows are only read
      rows.push({});
      try {
        await (await clone('file:///remote', 'copy', { branch: 'main' })).close();
        await open('copy', { branch: 'side', onWarning: (message: string) => void message });
      } catch (error) {
        if (error instanceof SqlError) return error.errno;
        if (error instanceof DoltError) {
          const kind: ErrorKind = error.kind;
          return kind;
        }
      }
      await database.close();
      return columns.length + affectedRows + count + (typeof first === 'number' ? first : 0);
    }
  `;
  writeFileSync(join(project, 'consumer.ts'), program);
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    noEmit: true,
    types: [],
    skipLibCheck: false,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  const compiler = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
  const run = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  expect(run.stdout).toBe('');
  expect(run.status).toBe(0);
});
