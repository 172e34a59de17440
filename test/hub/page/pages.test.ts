/** The pages as a browser gets them. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Readings } from '../../../src/hub/content/reading.ts';
import { markdown } from '../../../src/hub/page/markdown.ts';
import { openSite } from '../../../src/hub/page/site.ts';
import type { PageAccess } from '../../../src/hub/page-access.ts';
import { type Demo, HOSTILE, makeDemo, TOKEN } from './demo.ts';

let demo: Demo;
let site: FastifyInstance;

beforeAll(async () => {
  demo = await makeDemo();
  const { environment, access } = demo;
  site = await openSite({ environment, access, remoteBase: (host) => `http://${host.replace(/:.*/, '')}:50051` });
});

afterAll(async () => {
  await site?.close();
  await demo?.end();
});

const get = async (url: string, headers: Record<string, string> = {}) => await site.inject({ url, headers });
/** Long commands go on in another line where they are told. */
const unbroken = (body: string): string => body.replaceAll('<wbr>', '');
const EXAMPLE = '/timsehn/replication_example';

describe('repositories', () => {
  test('are listed for who may see them', async () => {
    const { statusCode, body, headers } = await get('/');
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain('href="/timsehn/replication_example"');
    expect(body).toContain('nothing pushed yet');
    expect(body).not.toContain('secret');
    const mine = await get('/', { authorization: `Bearer ${TOKEN}` });
    expect(mine.body).toContain('href="/ada/secret"');
    expect(mine.body).toContain('class="label private"');
  });

  test('are searched by name', async () => {
    const { body } = await get('/?q=REPLICATION');
    expect(body).toContain('replication_example');
    expect(body).not.toContain('nothing_yet');
    expect((await get(`/?q=${encodeURIComponent(HOSTILE)}`)).body).not.toContain('<script>alert');
  });
});

test('a repository shows its tables, README and how to clone it', async () => {
  const { statusCode, body } = await get(EXAMPLE);
  expect(statusCode).toBe(200);
  for (const text of ['things', 'words', 'dolt clone http://localhost:50051/timsehn/replication_example']) {
    expect(unbroken(body)).toContain(text);
  }
  expect(body).toContain('<h2>An example</h2>');
  expect(body).toContain('<em>of</em>');
  expect(body).toContain('<a href="https://example.com/"');
  expect(body).not.toContain('href="javascript');
  expect(body).toContain('create view cheap');
});

test('a list ends where another kind of list begins', async () => {
  const { text } = markdown('- one\n  - deeper\n- two\n1. first\n2. second\n* other');
  expect(text.replaceAll('\n', '')).toBe(
    '<ul><li>one<ul><li>deeper</li></ul></li><li>two</li></ul><ol><li>first</li><li>second</li></ol><ul><li>other</li></ul>',
  );
});

test('where everybody may do everything, nobody is asked to sign in', async () => {
  const { environment, access } = demo;
  const open: PageAccess = {
    isOpen: true,
    authenticate: async () => undefined,
    repositories: () => access.repositories(undefined),
    repository: (owner, database) => access.repository(owner, database, undefined),
    rights: (repository) => access.rights(repository, undefined),
    changeRights: async () => {},
  };
  const openedSite = await openSite({ environment, access: open, remoteBase: () => '' });
  for (const url of ['/', EXAMPLE, '/timsehn/nothing']) {
    expect((await get(url)).body.toLowerCase()).toContain('sign in');
    const { body } = await openedSite.inject(url);
    expect(body.toLowerCase(), url).not.toContain('sign in');
    expect(body, url).toContain('open to everybody');
  }
  await openedSite.close();
});

test('an empty repository says how to fill it', async () => {
  const { statusCode, body } = await get('/timsehn/nothing_yet');
  expect(statusCode).toBe(200);
  expect(unbroken(body)).toContain('dolt remote add origin http://localhost:50051/timsehn/nothing_yet');
  expect((await get('/timsehn/nothing_yet/commits')).statusCode).toBe(200);
});

test('rows stand in a table, each with a link to itself', async () => {
  const { statusCode, body } = await get(`${EXAMPLE}/tables/test`);
  expect(statusCode).toBe(200);
  expect(body).toContain(`href="${EXAMPLE}/tables/test/row?key=2"`);
  const branch = await get(`${EXAMPLE}/tables/test?ref=feature/x`);
  expect(branch.body).toContain(`href="${EXAMPLE}/tables/test/row?key=7&amp;ref=feature%2Fx"`);
  expect((await get(`${EXAMPLE}/tables/test?ref=v1.0`)).body).not.toContain('key=7');
});

test('what is pushed is seen at once', async () => {
  await demo.database.query('insert into test values (99, 990)');
  await demo.database.commit('A row more');
  await demo.database.push();
  expect((await get(`${EXAMPLE}/tables/test`)).body).toContain('>990<');
});

test('one row has a page, found by its key as it is written', async () => {
  const listed = await get(`${EXAMPLE}/tables/things`);
  const link = /href="([^"]*row\?key=18446744073709551615[^"]*)"/.exec(listed.body)![1]!.replaceAll('&amp;', '&');
  const { statusCode, body } = await get(link);
  expect(statusCode).toBe(200);
  expect(body).toContain('18446744073709551615');
  expect(body).toContain('0x00FF');
  expect(body).toContain('19.98');
  expect(body).toContain('2024-02-29 13:14:15');
  expect(body).toContain('History');
  for (const key of ['key=1', 'key=1&key=zz', 'key=x&key=y', '', 'key=1&key=2&key=3', 'key=-1&key=']) {
    expect((await get(`${EXAMPLE}/tables/things/row?${key}`)).statusCode, key).toBe(404);
  }
});

test('the history of a row is told commit by commit', async () => {
  const { body } = await get(`${EXAMPLE}/tables/test/row?key=2&ref=feature/x`);
  const kinds = [...body.matchAll(/class="label (added|modified|removed)"/g)].map(([, kind]) => kind);
  expect(kinds).toEqual(['modified', 'added']);
  expect(body).toMatch(/<td class="minus">2<\/td><td>→<\/td><td class="plus">20<\/td>/);
});

test('a schema is shown as CREATE TABLE', async () => {
  const { body } = await get(`${EXAMPLE}/tables/things/schema`);
  expect(body).toContain('CREATE TABLE `things`');
  expect(body).toContain('PRIMARY KEY (`id`,`part`)');
});

test('commits are grouped by day, with branches and tags on them', async () => {
  const { body } = await get(`${EXAMPLE}/commits?ref=feature/x`);
  const titles = [...body.matchAll(/<a class="strong" href="[^"]*">([^<]*)</g)].map(([, title]) => title);
  expect(titles).toEqual([
    'On a branch',
    'More of it &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;',
    'First table',
    'Initialize data repository',
  ]);
  expect(body.match(/<h2 class="day">/g)).toHaveLength(1);
  expect(body).toContain('class="label branch" href="/timsehn/replication_example?ref=feature%2Fx"');
  expect(body).toContain('class="label tag"');
});

test('a commit shows what it changed: numbers, rows with the changed cells marked, the schema apart', async () => {
  const { body } = await get(`${EXAMPLE}/commits/feature%2Fx`);
  expect(body).toContain('<span class="plus" title="1 row added">+1</span>');
  expect(body).toContain('<span class="minus" title="1 row removed">−1</span>');
  expect(body).toContain('<span class="tilde" title="1 row changed">~1</span>');
  expect(body).toContain('<td class="number changed"><span class="value">2</span></td>');
  expect(body).toContain('<td class="number changed"><span class="value">20</span></td>');
  expect(body).toContain('<span class="added">+   `c2` varchar(10),</span>');
  expect(body).toContain('class="label dropped">dropped</span>');
});

test('any two refs are compared', async () => {
  const { statusCode, body } = await get(`${EXAMPLE}/compare?from=feature/x&to=v1.0`);
  expect(statusCode).toBe(200);
  expect(body).toContain('is 0 commits ahead of');
  expect(body).toContain('1 commit behind');
  expect((await get(`${EXAMPLE}/compare`)).body).toContain('Nothing differs.');
  const one = await get(`${EXAMPLE}/compare?from=main&to=feature/x&table=words`);
  expect(one.body.match(/<table class="diff">/g)).toHaveLength(1);
  expect((await get(`${EXAMPLE}/compare?from=nowhere`)).statusCode).toBe(404);
});

test('a download lets go of the repository at its end, and when nobody wants it', async () => {
  const { hold } = Readings.prototype;
  let held = 0;
  const spy = vi.spyOn(Readings.prototype, 'hold').mockImplementation(function (this: Readings, ...args) {
    const { reading, release } = hold.apply(this, args);
    held++;
    return {
      reading,
      release() {
        held--;
        release();
      },
    };
  });
  for (const method of ['GET', 'HEAD'] as const) {
    expect((await site.inject({ method, url: `${EXAMPLE}/tables/test/csv` })).statusCode).toBe(200);
    await vi.waitFor(() => expect(held, method).toBe(0));
  }
  expect(spy).toHaveBeenCalledTimes(2);
  spy.mockRestore();
});
