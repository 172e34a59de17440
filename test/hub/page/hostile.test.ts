/** What the page makes of input that is meant to harm it, and of people who may not see what they ask for. */
import { type AddressInfo, connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSite } from '../../../src/hub/page/site.ts';
import { type Demo, HOSTILE, makeDemo, TOKEN } from './demo.ts';

let demo: Demo;
let site: FastifyInstance;

beforeAll(async () => {
  demo = await makeDemo();
  const { environment, access, database } = demo;
  await database.query("call dolt_checkout('-b', 'nasty')");
  await database.query(`create table \`<b onload=x>"'&\` (\`<i>"'\` int primary key, \`__proto__\` text)`);
  await database.query(`insert into \`<b onload=x>"'&\` values (1, ?), (2, ?)`, [
    HOSTILE,
    'zero\u0000\u0007 byte \u2028',
  ]);
  await database.query(`create view \`<u>\` as select '${HOSTILE.replaceAll('"', '')}' as \`<s>\``);
  await database.commit(`<img src=x onerror="alert(1)">`);
  await database.query("call dolt_tag('it''s&<x>')").catch(() => {});
  await database.query("call dolt_push('origin', 'nasty')");
  await database.query("call dolt_checkout('main')");
  site = await openSite({
    ...{ environment, access, remoteBase: (host) => `http://${host}` },
    sqlLimits: { time: 300, rows: 100, memoryBytes: 64 << 20, answerBytes: 1 << 20 },
  });
  await site.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await site?.close();
  await demo?.end();
});

const EXAMPLE = '/timsehn/replication_example';
const get = async (url: string, headers: Record<string, string> = {}) => await site.inject({ url, headers });
const sql = async (text: string) => await get(`${EXAMPLE}/sql?${new URLSearchParams({ q: text })}`);

/** The beginning of what is answered to a path as it is written here, which clients would tidy. */
async function raw(path: string): Promise<string> {
  const socket = connect((site.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  try {
    return await new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(String(data)));
      socket.once('error', (error) => resolve(String(error)));
    });
  } finally {
    socket.destroy();
  }
}

describe('script', () => {
  test('in a cell, a name, a message is text', async () => {
    const table = encodeURIComponent(`<b onload=x>"'&`);
    for (const path of [
      '?ref=nasty',
      '/commits?ref=nasty',
      '/commits/nasty',
      '/compare?from=main&to=nasty',
      `/tables/${table}?ref=nasty`,
      `/tables/${table}/schema?ref=nasty`,
      `/tables/${table}/row?ref=nasty&key=1`,
      `/sql?ref=nasty&q=${encodeURIComponent('select * from `<u>`')}`,
      `/sql?q=${encodeURIComponent(HOSTILE)}`,
      `?ref=${encodeURIComponent(HOSTILE)}`,
      `/tables/${encodeURIComponent(HOSTILE)}`,
      `/compare?from=${encodeURIComponent(HOSTILE)}`,
      '/refs',
    ]) {
      const { body, headers } = await get(EXAMPLE + path);
      const own = body.replaceAll(/<script src="\/assets\/page\.[0-9a-f]+\.js" defer><\/script>/g, '');
      expect(own, path).not.toMatch(/<script|<img|<b |<u>|<i>|<s>|onerror="/i);
      expect(own, path).not.toContain('\0');
      expect(headers['content-security-policy'], path).toContain("default-src 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('the policy lets nothing in from elsewhere, and no inline script or style', async () => {
    const policy = String((await get('/')).headers['content-security-policy']);
    expect(policy).not.toMatch(/unsafe|http|\*|data:/);
    const { body } = await get(EXAMPLE);
    expect(body).not.toMatch(/ style=| on\w+="/);
  });

  test('in downloads is no page', async () => {
    const { headers } = await get(`${EXAMPLE}/tables/things/csv`);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toContain('attachment');
  });
});

test('paths lead nowhere else', async () => {
  for (const path of [
    '/../etc/passwd',
    '/%2e%2e/%2e%2e/etc',
    '/..%2f..%2fetc/passwd',
    '/timsehn/..%2f..%2fada%2fsecret',
    '/timsehn/%2e%2e',
    '/timsehn/replication_example%00',
    '/timsehn/replication_example%0d%0aSet-Cookie:x',
    '/%2fetc/passwd',
    '/timsehn%5creplication_example/x',
    '/ada/secret',
    '/ada/secret/tables/test',
    '/ada/secret/tables/test/csv',
  ]) {
    const answer = await raw(path);
    expect(answer, path).toMatch(/^HTTP\/1.1 404/);
    expect(answer.split('\r\n\r\n')[0], path).not.toMatch(/^set-cookie/im);
  }
  expect((await get('/timsehn/%zz')).statusCode).toBe(400);
  expect((await get(`${EXAMPLE}/tables/${'x'.repeat(5000)}`)).statusCode).toBe(414);
  expect((await get(`${EXAMPLE}?ref=${'x'.repeat(9000)}`)).statusCode).toBe(404);
  for (const page of ['0', '-1', 'x', '1e9', '99999999999']) {
    expect((await get(`${EXAMPLE}/tables/test?page=${page}`)).statusCode, page).toBe(400);
  }
  expect((await get(`${EXAMPLE}/tables/test?page=1000000`)).body).toContain('no rows on this page');
});

describe('SQL', () => {
  test('that writes is refused', async () => {
    for (const text of [
      'delete from test',
      'insert into test values (5,5)',
      'create table t (a int primary key)',
      "call dolt_branch('x')",
      'drop database replication_example',
      'set global read_only = 0',
      'create temporary table t (a int)',
      'use mysql',
      'select 1; delete from test',
      'explain delete from test',
    ]) {
      expect((await sql(text)).body, text).toMatch(/role="alert">[^<]*(only|one statement)/);
    }
    for (const text of ["select 1 into outfile '/tmp/dolt-ts-hostile'", "select load_file('/etc/passwd') is null"]) {
      const { body } = await sql(text);
      expect(body).not.toContain('root:');
    }
    expect((await get(`${EXAMPLE}/tables/test`)).body).toContain('3 rows');
  });

  test('that runs for too long is stopped, and others go on meanwhile', async () => {
    const start = performance.now();
    const long = sql('select sleep(60)');
    const busy = sql('with recursive n as (select 1 as a union all select a + 1 from n) select max(a) from n');
    await get(EXAMPLE);
    const answers = await Promise.all([long, busy]);
    expect(answers[0].body).toContain('it ran longer than 0.3 s');
    expect(answers[1].body).toMatch(/role="alert">/);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  test('that gives many rows is cut', async () => {
    const { body } = await sql(
      'with recursive n as (select 1 as a union all select a + 1 from n where a < 900) select * from n',
    );
    expect(body).toContain('The first 100 rows');
  });

  test('that is wrong is told what is', async () => {
    const { statusCode, body } = await sql('selec 1');
    expect(statusCode).toBe(200);
    expect(body).toMatch(/role="alert">[^<]*selec/);
  });

  test('sees the ref that it is asked at', async () => {
    const at = async (ref: string) =>
      (await get(`${EXAMPLE}/sql?ref=${ref}&q=select%20count(*)%20as%20n%20from%20words`)).body;
    expect(await at('v1.0')).toContain('1 row<');
    expect(await at('feature/x')).toContain('role="alert"');
  });
});

describe('signing in', () => {
  const post = async (url: string, body: Record<string, string>, headers: Record<string, string> = {}) =>
    await site.inject({
      ...{ method: 'POST', url, payload: new URLSearchParams(body).toString() },
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });

  test('keeps the token in a cookie that only the site itself sees', async () => {
    const { statusCode, headers } = await post('/login', { token: TOKEN, next: '/ada/secret' });
    expect(statusCode).toBe(303);
    expect(headers.location).toBe('/ada/secret');
    const cookie = String(headers['set-cookie']);
    expect(cookie).toMatch(/^dolt_hub_token=ada-token; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    const mine = await get('/ada/secret', { cookie: cookie.split(';')[0]! });
    expect(mine.statusCode).toBe(200);
    expect(mine.body).toContain('Sign out');
    const out = await post('/logout', {}, { cookie });
    expect(String(out.headers['set-cookie'])).toMatch(/^dolt_hub_token=; Path=\/; Max-Age=0/);
  });

  test('with what is no token is refused', async () => {
    for (const token of ['other', '', 'a b', 'x'.repeat(5000), 'a\r\nb']) {
      const { statusCode, headers } = await post('/login', { token });
      expect(statusCode).toBe(403);
      expect(headers['set-cookie']).toBeUndefined();
    }
    expect((await get('/', { cookie: 'dolt_hub_token=%zz' })).statusCode).toBe(200);
    const stale = await get('/', { cookie: 'dolt_hub_token=other' });
    expect(stale.body).toContain('Sign in');
    expect(String(stale.headers['set-cookie'])).toMatch(/^dolt_hub_token=; .*Max-Age=0/);
    expect((await get('/', { authorization: 'Bearer other' })).statusCode).toBe(401);
  });

  test('leads to no other site, and from none', async () => {
    for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      expect((await post('/login', { token: TOKEN, next })).headers.location, next).toBe('/');
    }
    const crossSite = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of crossSite) {
      expect((await post('/login', { token: TOKEN }, headers as Record<string, string>)).statusCode).toBe(403);
      expect((await post('/logout', {}, headers as Record<string, string>)).statusCode).toBe(403);
    }
    expect((await post('/login', { token: TOKEN }, { origin: 'http://localhost:80' })).statusCode).toBe(303);
  });

  test('takes no large form', async () => {
    expect((await post('/login', { token: 'x'.repeat(1 << 20) })).statusCode).toBe(413);
    expect((await get('/logout')).statusCode).toBe(404);
  });
});

test('a huge address is refused, and others are answered', async () => {
  expect(await raw(`/?q=${'x'.repeat(1 << 20)}`)).toMatch(/^HTTP\/1.1 431/);
  expect(await raw('/')).toMatch(/^HTTP\/1.1 200/);
});
