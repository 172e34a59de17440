/**
 * The command line on a terminal, which util-linux's `script` lends it: the shell, colours, progress. What is typed is sent
 * when the prompt has come.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot, Scratch } from './command-line.ts';
import { ServerProcess } from './sql-server.ts';

const bin = join(repositoryRoot, 'bin/dolt');
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const UP = '\x1b[A';

let scratch: Scratch;
/** Where commands run. */
let place = 'shop';
beforeAll(() => {
  scratch = new Scratch();
  scratch.repository('shop');
});
afterAll(() => scratch.remove());

/** `script`'s arguments for a command line of the shell. */
const onTerminal = (command: string): string[] =>
  process.platform === 'darwin' ? ['-q', '/dev/null', 'sh', '-c', command] : ['-qec', command, '/dev/null'];

/** What a command prints on a terminal of so many columns. */
function shown(command: string, environment: NodeJS.ProcessEnv = {}): string {
  const run = spawnSync('script', onTerminal(`stty cols 60; ${command}`), {
    cwd: scratch.path('shop'),
    env: { ...scratch.environment, TERM: 'xterm-256color', DOLT_PAGER: 'cat', ...environment },
    encoding: 'utf8',
    input: '',
  });
  if (run.error) throw run.error;
  return run.stdout.replaceAll('\r\n', '\n');
}

class Shell {
  readonly #process: ChildProcessWithoutNullStreams;
  #output = '';
  /** What has been answered for already. */
  #read = 0;
  readonly ended: Promise<number | null>;

  constructor(...flags: readonly string[]) {
    this.#process = spawn('script', onTerminal(`stty cols 200; '${bin}' sql ${flags.join(' ')}`), {
      cwd: scratch.path(place),
      env: { ...scratch.environment, TERM: 'xterm' },
    });
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
    this.ended = new Promise((resolve, reject) => this.#process.on('error', reject).on('close', resolve));
  }

  /** Types, waits until `answer` has come, and gives all that came until then, without what the line editor draws. */
  async type(keys: string, answer: string): Promise<string> {
    this.#process.stdin.write(keys);
    for (let i = 0; !this.#new().includes(answer); i++) {
      if (i > 1_500) throw new Error(`no ${answer} after ${JSON.stringify(keys)} in ${JSON.stringify(this.#new())}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const text = this.#new();
    this.#read = this.#output.length;
    return text;
  }

  kill(): void {
    this.#process.kill();
  }

  #new(): string {
    return plain(this.#output.slice(this.#read));
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const ESCAPES = /\x1b\[[0-9;?]*[A-Za-z]/g;
const plain = (text: string): string => text.replace(ESCAPES, '').replaceAll('\r', '');

let shell: Shell | undefined;
afterEach(() => {
  shell?.kill();
  shell = undefined;
});

async function open(...flags: readonly string[]): Promise<Shell> {
  shell = new Shell(...flags);
  await shell.type('', '> ');
  return shell;
}

describe.each([
  ['by itself', 'shop'],
  ['through a server', 'served/shop'],
])('the shell %s', (_, folder) => {
  let server: ServerProcess | undefined;
  beforeAll(async () => {
    place = folder;
    if (folder === 'shop') return;
    scratch.repository(folder);
    server = await ServerProcess.start(scratch, folder);
  });
  afterAll(async () => {
    place = 'shop';
    await server?.end();
  });

  test('statements over several lines, delimiters, \\G, errors that do not end it', async () => {
    const { type } = bound(await open());
    await type('select 1,\n', '-> ');
    expect(await type(' 2;\n', '> ')).toContain('| 1 | 2 |');
    expect(await type("select '日本語', '😀';\n", 'main> ')).toContain('+--------+----+\n| 日本語 | 😀 |\n');
    expect(await type('select nope;\n', 'main> ')).toContain("Unknown column 'nope' in 'field list'");
    expect(await type('selec 1;\n', 'main> ')).toContain("to use near 'selec 1;' at line 1, column 1");
    expect(await type('use nope;\n', 'main> ')).toContain("Unknown database 'nope'");
    expect(await type('select 3 as n\\G\n', 'main> ')).toContain('*************************** 1. row');
    await type('delimiter //\n', 'main> ');
    await type('select 4;\n', '-> ');
    expect(await type('//\n', 'main> ')).toContain('| 4 |');
    await type('delimiter ;\n', 'main> ');
    expect(await type('create table t (a int primary key); insert into t values (1), (2);\n', 'main*> ')).toContain(
      'Query OK, 2 rows affected',
    );
    expect(await type("call dolt_checkout('-b', 'b1');\n", 'shop/b1> ')).toContain('| 0      |');
    expect(await type('\\nope\n', 'b1> ')).toContain('unknown command \\nope; "\\help" lists the commands');
    expect(await type('\\help\n', 'b1> ')).toContain('Ctrl-C');
    expect(await type('use information_schema;\n', 'information_schema> ')).toContain('Database Changed');
    expect(await type('\\status\n', 'information_schema> ')).toContain('no branch is selected');
    await type('use shop;\n', 'shop/b1> ');
    expect(await type('exit\n', 'Bye')).toContain('Bye');
    expect(await shell!.ended).toBe(0);
  });

  test('what each statement did, its warnings, and the place of the session', async () => {
    const { type } = bound(await open());
    const seconds = (text: string): string => text.replace(/\(\d+\.\d\d sec\)/g, '(0.00 sec)');
    expect(seconds(await type('create table w (a int primary key);\n', 'main*> '))).toContain(
      'Query OK, 0 rows affected (0.00 sec)\n',
    );
    expect(seconds(await type('insert into w values (1), (2);\n', 'main*> '))).toContain(
      'Query OK, 2 rows affected (0.00 sec)\nRecords: 2  Duplicates: 0  Warnings: 0\n',
    );
    expect(await type('select row_count();\n', 'main*> ')).toContain('| 2           |');
    expect(seconds(await type('select * from w where a > 2;\n', 'main*> '))).toContain('Empty set (0.00 sec)');
    expect(seconds(await type('select 1/0;\n', 'main*> '))).toContain(
      '1 row in set, 1 warning (0.00 sec)\n\nWarning (Code 1365): Division by 0\n',
    );
    expect(await type('show warnings;\n', 'main*> ')).toContain('| Warning | 1365 |');
    expect(await type('\\w\n', 'main*> ')).toContain('Show warnings disabled');
    expect(await type('select 1/0;\n', 'main*> ')).not.toContain('Code 1365');
    expect(await type('exit\n', 'Bye')).toContain('Bye');
  });

  test('commands of the command line', async () => {
    const { type } = bound(await open());
    await type('create table c (a int primary key);\n', 'main*> ');
    expect(await type('\\status\n', 'main*> ')).toMatch(/On branch main.*new table: +c/s);
    expect(await type('\\commit -A -m "what is \'there\'"\n', 'main> ')).toContain("what is 'there'");
    expect(await type('\\checkout -b side;\n', 'side> ')).toContain("Switched to branch 'side'");
    await type('insert into c values (1);\n', 'side*> ');
    expect(await type('\\diff\n', 'side*> ')).toContain('diff --dolt a/c b/c');
    await type('\\add -p\n', 'Stage this row [y,n,q,a,d,s,?]? ');
    await type('y\r', 'side*> ');
    await type('\\commit -m row\n', 'side> ');
    expect(await type('\\log -n 1\n', 'side> ')).toContain('HEAD -> side');
    await type('\\checkout main\n', 'main> ');
    expect(await type('\\merge side\n', 'main> ')).toContain('Fast-forward');
    expect(await type('\\merge nope\n', 'main> ')).toContain('branch not found: nope');
    expect(await type('\\help merge\n', 'main> ')).toContain('dolt merge --abort');
    // The editor has the terminal as it was before the shell.
    scratch.run(place, ['config', '--local', '--add', 'core.editor', 'printf "what: "; read -r text; echo "$text" >']);
    await type('\\commit --allow-empty\n', 'what: ');
    expect(await type('said in an editor\r', 'main> ')).toContain('\tsaid in an editor\n');
    scratch.run(place, ['config', '--local', '--add', 'core.editor', 'sed -i.old -e s/ninety/forty/']);
    await type("select 'ninety',\n", '-> ');
    await type('2;\n', 'main> ');
    expect(await type('\\edit\n', 'main> ')).toMatch(/select 'forty',\n2;\n.*\| forty \| 2 \|/s);
    expect(await type(`${UP}\r`, 'main> ')).toContain('| forty | 2 |');
    scratch.run(place, ['config', '--local', '--add', 'core.editor', 'false']);
    expect(await type('\\edit;\n', 'main> ')).toContain("the editor 'false' failed; nothing is run");
    scratch.run(place, ['config', '--local', '--unset', 'core.editor']);
    expect(await type('exit\n', 'Bye')).toContain('Bye');
  });

  test('Ctrl-C gives up what is typed and what runs; Ctrl-D leaves', async () => {
    const { type } = bound(await open());
    expect(await type(`select 1${CTRL_C}`, '^C\nshop/main> ')).not.toContain('| 1 |');
    await type('select 2,\n', '-> ');
    await type(CTRL_C, '^C\nshop/main> ');
    expect(await type('select 3;\n', 'main> ')).toContain('| 3 |');
    await type('select sleep(60);\n', 'select sleep(60);\n');
    expect(await type(CTRL_C, 'main> ')).toContain('Query execution was interrupted');
    expect(await type('select 4;\n', 'main> ')).toContain('| 4 |');
    await type(CTRL_D, 'Bye');
    expect(await shell!.ended).toBe(0);
  });
});

test('history lasts from one session to the next', async () => {
  const first = bound(await open());
  await first.type('select 111,\n', '-> ');
  await first.type('222;\n', 'main> ');
  await first.type('\\q\n', 'Bye');
  await shell!.ended;
  const second = bound(await open('-r', 'csv'));
  expect(await second.type(`${UP}\n`, '111,222\nshop/main> ')).toContain('select 111, 222;');
});

function bound(of: Shell): { type: Shell['type'] } {
  return { type: (keys, answer) => of.type(keys, answer) };
}

test('colours on a terminal, and none under NO_COLOR or in a pipe', () => {
  const command = `'${bin}' log; '${bin}' status; '${bin}' branch -vv`;
  const colored = shown(command, { NO_COLOR: '' });
  expect(colored).toContain('\x1b[33mcommit ');
  expect(colored).toContain('\x1b[32mmain\x1b[39m');
  const without = shown(command, { NO_COLOR: '1' });
  expect(without).toBe(plain(colored));
  expect(shown(`('${bin}' log; '${bin}' status; '${bin}' branch -vv) | cat`, { NO_COLOR: '' })).toBe(without);
});

test('a diff is coloured without changing its layout', () => {
  scratch.sql(
    'shop',
    "create table shades (a int primary key, b text); insert into shades values (1,'x'),(2,'y\nz'),(3,'w')",
  );
  scratch.run('shop', ['commit', '-Am', 'shades']);
  scratch.sql(
    'shop',
    "update shades set b = 'X' where a = 1; update shades set b = 'y\nZ\nq' where a = 2; delete from shades where a = 3",
  );
  const colored = shown(`'${bin}' diff`, { NO_COLOR: '' });
  expect(colored).toContain('| \x1b[31m<\x1b[39m | 1 | \x1b[31mx\x1b[39m  |');
  expect(plain(colored)).toBe(scratch.run('shop', ['diff']));
});

test('progress moves on a terminal, no wider than it, and leaves its last line elsewhere', () => {
  const rows = Array.from({ length: 150_000 }, (_, i) => `${i},name ${i}`);
  writeFileSync(scratch.path('shop', 'many.csv'), `id,name\n${rows.join('\n')}\n`);
  const summary = 'Rows Processed: 150000, Additions: 150000, Modifications: 0, Had No Effect: 0';
  const drawn = shown(`'${bin}' table import -c --pk id many many.csv`).split('\r\x1b[K');
  expect(drawn.length).toBeGreaterThan(2);
  expect(drawn.slice(1, -1).every((line) => line.length < 60)).toBe(true);
  expect(scratch.try('shop', ['table', 'import', '-r', 'many', 'many.csv']).err).toBe(`${summary}\n`);
});

test.runIf(existsSync('/dev/full'))('a full disk is said', () => {
  const run = spawnSync('sh', ['-c', `'${bin}' log >/dev/full`], { cwd: scratch.path('shop'), encoding: 'utf8' });
  expect([run.status, run.stderr]).toEqual([
    1,
    'cannot write to standard output: ENOSPC: no space left on device, write\n',
  ]);
});

test('log, show and reflog go through a pager, until it is left; elsewhere nothing does', () => {
  const through = (command: string, pager: string): string =>
    shown(`'${bin}' ${command}; echo "[$?]"`, { DOLT_PAGER: pager, LESS: '-+S', NO_COLOR: '1' });
  expect(through('log -n 1 --oneline', 'sed s/^/page:/')).toMatch(/^page:\w{32} \(HEAD -> main\) .*\n\[0\]\n$/);
  for (const command of ['show', 'reflog']) expect(through(command, 'echo page')).toBe('page\n[0]\n');
  expect(through('branch', 'sed s/^/page:/')).not.toContain('page:');
  expect(through('log | cat', 'sed s/^/page:/')).toMatch(/^commit /);
  expect(through('log nope', 'cat')).toMatch(/^error: 'nope' is neither .*\n\[1\]\n$/);
  // What LESS says counts more: less leaves by itself what fits on the screen, but not where lines are cut off.
  expect(through('log -n 1 --oneline', 'no-such-pager -x')).toMatch(
    /^warning: the pager 'no-such-pager' was not found\n/,
  );
});

test('the message of a commit is written in the editor, where both ends are a terminal', () => {
  const commit = `'${bin}' commit --allow-empty`;
  const shownWith = (command: string): string => shown(command, { EDITOR: 'echo From an editor >', NO_COLOR: '1' });
  expect(shownWith(`${commit} | tail -2; ${commit} < /dev/null`)).toMatch(
    /^(Must provide commit message: .*\n.*\n){2}$/,
  );
  expect(shownWith(commit)).toContain('\n\n\tFrom an editor\n\n');
});

test('the plan of a rebase is changed in the editor; without a line the rebase is given up', () => {
  scratch.repository('replayed');
  scratch.run('replayed', ['sql', '-q', "create table t (id int primary key); call dolt_commit('-Am', 'base')"]);
  for (const id of [1, 2, 3]) {
    scratch.run('replayed', ['sql', '-q', `insert into t values (${id}); call dolt_commit('-am', 'n${id}')`]);
  }
  writeFileSync(
    scratch.path('replayed/change.sh'),
    `sed -i.old -e '2s/^pick/fixup/' -e '3s/^pick/r/;3s/n3/three/' "$1"\n`,
  );
  writeFileSync(scratch.path('replayed/empty.sh'), ': > "$1"\n');
  const rebase = (editor: string): string =>
    shown(`cd ../replayed; '${bin}' rebase -i HEAD~3; '${bin}' log --oneline | cut -c 34-`, {
      EDITOR: editor,
      NO_COLOR: '1',
    });
  const before = '(HEAD -> main) n3\nn2\nn1\nbase\nInitialize data repository\n';
  expect(rebase('sh empty.sh')).toBe(`Interactive rebase aborted\n${before}`);
  expect(rebase('false')).toBe(`the editor 'false' failed; the rebase is aborted\n${before}`);
  expect(rebase('sh change.sh')).toBe(
    'Successfully rebased and updated refs/heads/main\n(HEAD -> main) three\nn1\nbase\nInitialize data repository\n',
  );
});
