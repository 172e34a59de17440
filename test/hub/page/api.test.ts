/** The API: every call is described, and answers what its description says. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSite } from '../../../src/hub/page/site.ts';
import { Replicas } from '../../../src/hub/replicas.ts';
import { type Demo, HOSTILE, makeDemo, TOKEN } from './demo.ts';

let demo: Demo;
let site: FastifyInstance;

beforeAll(async () => {
  demo = await makeDemo();
  const { environment, access } = demo;
  const replicas = new Replicas(environment.clock);
  const root = `${'0'.repeat(31)}1`;
  replicas.pushed('timsehn/replication_example', 'ada', root as never);
  replicas.polled({ repository: 'timsehn/replication_example', name: 'r1', account: undefined, root: root as never });
  replicas.failed('timsehn/replication_example', 'r1', 'was reset');
  site = await openSite({ environment, access, replicas, remoteBase: () => 'http://localhost:50051' });
});

afterAll(async () => {
  await site?.close();
  await demo?.end();
});

type Method = 'get' | 'put' | 'delete';

interface DescribedCall {
  readonly operationId: string;
  readonly requestBody?: { content: Record<string, { schema: { $ref: string } }> };
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

interface Described {
  readonly paths: Record<string, Partial<Record<Method, DescribedCall>>>;
  readonly components: { readonly schemas: Record<string, object> };
}

const ADA = { authorization: `Bearer ${TOKEN}` };
const EXAMPLE = '/api/v1/repositories/timsehn/replication_example';
const json = async (url: string) => {
  const { statusCode, body } = await site.inject({ url });
  return { statusCode, body: JSON.parse(body) };
};

const calls = ({ paths }: Described) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => ({ path, method: method as Method, call: call! })),
  );

/** The bodies of those that have one. */
const bodies: Readonly<Record<string, object>> = {
  giveRight: { right: 'writer' },
  setVisibility: { isPublic: true },
};

/** One request a call, by its id. */
const requests: Readonly<Record<string, string>> = {
  listRepositories: '/api/v1/repositories?q=sehn',
  getRepository: EXAMPLE,
  listBranches: `${EXAMPLE}/branches`,
  listTags: `${EXAMPLE}/tags`,
  listTables: `${EXAMPLE}/tables?ref=feature/x`,
  getTable: `${EXAMPLE}/tables/things`,
  listRows: `${EXAMPLE}/tables/things/rows`,
  getRow: `${EXAMPLE}/tables/things/row?key=18446744073709551615&key=a/b%20c`,
  getRowHistory: `${EXAMPLE}/tables/test/history?key=2&ref=feature/x`,
  listViews: `${EXAMPLE}/views`,
  listDocuments: `${EXAMPLE}/documents?ref=v1.0`,
  query: `${EXAMPLE}/sql?q=${encodeURIComponent('select * from things')}`,
  listCommits: `${EXAMPLE}/commits`,
  getCommit: `${EXAMPLE}/commits/feature%2Fx`,
  compare: `${EXAMPLE}/diff?from=main&to=feature/x`,
  compareRows: `${EXAMPLE}/diff/test?from=main&to=feature/x`,
  getReplication: `${EXAMPLE}/replication`,
  downloadCSV: `${EXAMPLE}/tables/test/csv`,
  downloadJSON: `${EXAMPLE}/tables/test/json`,
  getRights: `${EXAMPLE}/rights`,
  giveRight: `${EXAMPLE}/rights/bob`,
  takeRightBack: `${EXAMPLE}/rights/bob`,
  setVisibility: `${EXAMPLE}/visibility`,
  describe: '/api/v1/openapi.json',
};

test('every call answers as it is described', async () => {
  const { body } = await json('/api/v1/openapi.json');
  const { components } = body as Described;
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  ajv.addSchema({ $id: 'hub', components });
  const described = calls(body as Described);
  expect(described.map(({ call }) => call.operationId).sort()).toEqual(Object.keys(requests).sort());
  for (const { method, call } of described) {
    const { operationId: id, requestBody, responses } = call;
    const payload = bodies[id];
    if (requestBody !== undefined) {
      const { $ref } = requestBody.content['application/json']!.schema;
      expect(ajv.getSchema(`hub${$ref}`)!(payload), id).toBe(true);
    }
    const sent = payload === undefined ? {} : { payload };
    const { statusCode, headers, body } = await site.inject({ url: requests[id]!, method, headers: ADA, ...sent });
    expect(String(statusCode), id).toBe(Object.keys(responses)[0]);
    if (statusCode === 204) continue;
    const [[type, { schema }]] = Object.entries(responses['200']!.content!) as [
      [string, { schema: { $ref?: string } }],
    ];
    expect(headers['content-type'], id).toMatch(new RegExp(`^${type}`));
    if (type !== 'application/json') continue;
    const validate = schema.$ref === undefined ? ajv.compile(schema) : ajv.getSchema(`hub${schema.$ref}`)!;
    expect(validate(JSON.parse(body)), `${id}: ${ajv.errorsText(validate.errors)}`).toBe(true);
  }
});

test('every route below /api/v1 is described', async () => {
  const { body } = await json('/api/v1/openapi.json');
  const described = calls(body as Described).map(
    ({ path, method }) => `${method.toUpperCase()} /api/v1${path.replace(/\{(\w+)\}/g, ':$1')}`,
  );
  const routed = routesOf(site.printRoutes({ commonPrefix: false })).filter((route) => route.includes(' /api/v1/'));
  expect(routed.length).toBeGreaterThan(15);
  expect(routed.sort()).toEqual(described.sort());
});

/** Methods and paths of the tree that fastify prints. */
function routesOf(tree: string): string[] {
  const place: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const match = /^([│ ]*)[├└]── (\S+)(?: \((.*)\))?$/.exec(line);
    if (!match) return [];
    const depth = match[1]!.length / 4;
    place.splice(depth, Number.POSITIVE_INFINITY, match[2]!);
    const methods = match[3]?.split(', ').filter((method) => method !== 'HEAD') ?? [];
    return methods.map((method) => `${method} ${place.join('')}`);
  });
}

describe('answers', () => {
  test('hold values as JSON, what is too large for it as text', async () => {
    const { body } = await json(requests['getRow']!);
    expect(Object.fromEntries(body.columns.map((name: string, i: number) => [name, body.values[i]]))).toEqual({
      ...{ id: '18446744073709551615', part: 'a/b c', note: HOSTILE, price: '9.99', seen: '2024-02-29 13:14:15' },
      ...{ doc: { a: [1, '<b>'] }, raw: '0x00FF', total: '19.98' },
    });
  });

  test('hold the rows that differ, with the cells that do', async () => {
    const { body } = await json(requests['compareRows']!);
    expect(body.columns).toEqual(['pk', 'c1', 'c2']);
    expect(body.rows).toEqual([
      { kind: 'removed', before: [0, 0, null], after: null, changed: [false, false, false] },
      { kind: 'modified', before: [2, 2, null], after: [2, 20, null], changed: [false, true, false] },
      { kind: 'added', before: null, after: [7, 7, null], changed: [false, false, false] },
    ]);
  });

  test('say how often a keyless row is there', async () => {
    const { body } = await json(`${EXAMPLE}/tables/words/rows`);
    expect(body.total).toBe(2);
    expect(body.rows.map(({ key, times }: { key: unknown; times: number }) => [key, times]).sort()).toEqual([
      [null, 1],
      [null, 2],
    ]);
  });

  test('name what is wrong', async () => {
    for (const [path, status] of [
      ['/tables/none', 404],
      ['/tables/test?ref=none', 404],
      ['/tables/test/rows?page=0', 400],
      ['/sql?q=delete%20from%20test', 403],
      ['/sql?q=select%20*%20from%20none', 404],
      ['/sql', 400],
      ['/diff/things?from=main&to=feature/x', 404],
    ] as const) {
      const { statusCode, body } = await json(EXAMPLE + path);
      expect(statusCode, path).toBe(status);
      expect(typeof body.error).toBe('string');
    }
  });

  test('are for who may read', async () => {
    const url = '/api/v1/repositories/ada/secret';
    expect((await site.inject({ url })).statusCode).toBe(404);
    expect((await site.inject({ url, headers: { authorization: `Bearer ${TOKEN}` } })).statusCode).toBe(200);
    const forged = await site.inject({ url, headers: { authorization: 'Bearer other' } });
    expect(forged.statusCode).toBe(401);
    expect(forged.headers['www-authenticate']).toContain('Bearer');
  });
});

test('a table is downloaded whole, as CSV and as JSON', async () => {
  const csv = await site.inject({ url: `${EXAMPLE}/tables/things/csv` });
  expect(csv.headers['content-disposition']).toContain("filename*=UTF-8''things.csv");
  expect(csv.body.split('\r\n')).toEqual([
    'id,part,note,price,seen,doc,raw,total',
    '2,"",,3.00,,,,6.00',
    `18446744073709551615,a/b c,"${HOSTILE.replaceAll('"', '""')}",9.99,2024-02-29 13:14:15,"{""a"":[1,""<b>""]}",0x00FF,19.98`,
    '',
  ]);
  const { rows } = JSON.parse((await site.inject({ url: `${EXAMPLE}/tables/words/json` })).body);
  expect(rows).toHaveLength(3);
  expect(rows).toContainEqual({ word: 'b', n: 2 });
});
