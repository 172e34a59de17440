/** The documented replication with a hub in the middle, and its page in a browser: what the document sees there. */
import { existsSync, writeFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Scratch } from './command-line.ts';
import { HubProcess } from './hub-process.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isThere = existsSync(executablePath);
if (!isThere) console.warn(`the hub's page is not looked at: there is no browser at ${executablePath}; set CHROMIUM`);

describe.skipIf(!isThere)('on the page of the hub', () => {
  let scratch: Scratch;
  let hub: HubProcess | undefined;
  let browser: Browser | undefined;
  let page: Page;

  beforeEach(async () => {
    scratch = new Scratch();
    scratch.directory('data');
    writeFileSync(scratch.path('hub.yaml'), 'limits: { sql_time: 300ms }');
    hub = await HubProcess.start(scratch, 'data', '--open', '--config', scratch.path('hub.yaml'));
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    page = await browser.newPage({ baseURL: `http://127.0.0.1:${hub.httpPort}` });
  });
  afterEach(async () => {
    await browser?.close();
    await hub?.end();
    scratch.remove();
  });

  const rows = async (): Promise<string[]> => {
    await page.goto('/timsehn/replication_example/tables/test');
    return await page.locator('tbody tr').allInnerTexts();
  };

  test('the changes are seen that the document has pushed, and who replicates', async () => {
    scratch.run('.', ['config', '--global', '--add', 'remotes.default_host', `http://127.0.0.1:${hub!.grpcPort}`]);
    scratch.repository('master');
    const config = (...args: string[]): string => scratch.run('master', ['config', ...args]);
    await page.goto('/timsehn/replication_example');
    expect(await page.locator('main').innerText()).toContain('Nothing has been pushed yet');

    scratch.run('master', ['remote', 'add', 'origin', 'timsehn/replication_example']);
    config('--add', '--local', 'sqlserver.global.dolt_replicate_to_remote', 'origin');
    scratch.sql('master', 'create table test (pk int, c1 int, primary key(pk))');
    scratch.sql('master', 'insert into test values (0,0)');
    scratch.sql('master', "call dolt_commit('-Am', 'trigger replication')");
    // And we can see the changes are pushed to the remote.
    expect(await rows()).toEqual(['0\t0']);

    config('--add', '--local', 'sqlserver.global.dolt_transaction_commit', '1');
    scratch.sql('master', 'insert into test values (1,1)');
    // And now on the remote.
    expect(await rows()).toEqual(['0\t0', '1\t1']);
    await page.getByRole('link', { name: 'Commits', exact: true }).click();
    const newest = async (): Promise<string[]> => (await page.locator('.list a.strong').allInnerTexts()).slice(0, 2);
    await expect.poll(newest).toEqual(['Transaction commit', 'trigger replication']);

    for (const name of ['replica', 'another']) {
      scratch.run('.', ['clone', 'timsehn/replication_example', name]);
      const replica = (...args: string[]): string => scratch.run(name, ['config', '--add', '--local', ...args]);
      replica('sqlserver.global.dolt_read_replica_remote', 'origin');
      replica('sqlserver.global.dolt_replicate_heads', 'main');
    }
    scratch.sql('master', 'insert into test values (2,2)');
    for (const name of ['replica', 'another']) {
      expect(scratch.rows(name, 'select count(*) as n from test')).toEqual([{ n: 3 }]);
    }
    await page.getByRole('link', { name: 'Replication', exact: true }).click();
    const panel = (): Promise<string> => page.locator('main').innerText();
    await expect.poll(panel).toContain('127.0.0.1');
    expect(new Set((await panel()).match(/127\.0\.0\.1, [0-9a-f]{12}/g))).toHaveLength(2);
    expect(await panel()).toMatch(/server\s+[0-9a-f]{12}\s+main/);
    // As the built program sends it, which is kept a byte a character.
    await page.getByRole('link', { name: 'Commits', exact: true }).click();
    await expect.poll(() => page.locator('.list .quiet').first().innerText()).toMatch(/^A B · \d\d:\d\d$/);

    // A statement whose functions take long stops nobody else.
    const origin = `http://127.0.0.1:${hub!.httpPort}`;
    const run = (sql: string) =>
      fetch(`${origin}/api/v1/repositories/timsehn/replication_example/sql?${new URLSearchParams({ q: sql })}`);
    expect(await (await run('select count(*) from test')).json()).toMatchObject({ rows: [[3]] });
    const ends: string[] = [];
    const end = (name: string) => (answer: Response) => ends.push(`${name}: ${answer.status}`);
    const slow = "select length(replace(repeat('a', 60000000), 'a', 'b')) from test a, test b, test c, test d, test e";
    const slowly = run(slow).then(end('slow'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await fetch(`${origin}/healthz`).then(end('health'));
    await slowly;
    expect(ends).toEqual(['health: 200', 'slow: 503']);
  });
});
