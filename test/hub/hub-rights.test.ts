/**
 * Rights changed on the page and by the API: as nobody, a stranger, a reader, a writer, owners, and whoever owns all there
 * is.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Accounts } from '../../src/hub/accounts/accounts.ts';
import { readToken } from '../../src/hub/accounts/passwords.ts';
import { methods } from '../../src/remote/grpc/messages.ts';
import { generateKeyPair, keyIdOf } from '../../src/remote/key-pairs.ts';
import { ServedHub } from './served-hub.ts';

const served = new ServedHub();
let authorizations: Readonly<Record<string, string>>;

const USERS = ['stranger', 'reader', 'writer', 'holder', 'acme', 'chief', 'bob'] as const;
type Who = 'nobody' | (typeof USERS)[number];
const OWNERS: readonly Who[] = ['holder', 'acme', 'chief'];
const OTHERS: readonly Who[] = ['nobody', 'stranger', 'reader', 'writer'];

beforeAll(async () => {
  served.place('remote-small', 'acme/shop');
  served.place('remote-small', 'zoo/shop');
  await served.start();
  authorizations = await served.users(...USERS);
});
beforeEach(async () => {
  await served.change((accounts) => {
    const bare = accounts.grants().reduce((rest, { user, place }) => rest.withRight(user, place, undefined), accounts);
    return bare
      .withPublic('acme/shop' as never, false)
      .withRight('reader', 'acme/shop', 'reader')
      .withRight('writer', 'acme', 'writer')
      .withRight('holder', 'acme/shop', 'owner')
      .withRight('chief', '*', 'owner');
  });
});
afterAll(async () => await served.remove());

interface Sent {
  readonly method?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(who: Who, path: string, { method = 'GET', form, json, headers = {} }: Sent = {}) {
  const answer = await fetch(`http://127.0.0.1:${served.hub.httpPort}${path}`, {
    ...{ method, redirect: 'manual' },
    headers: {
      ...(who === 'nobody' ? {} : { authorization: authorizations[who]! }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

const PAGE = '/acme/shop/rights';
const API = '/api/v1/repositories/acme/shop';
const bobsRight = async () => (await served.book.now()).rightIn('acme/shop' as never, 'bob');
const isPublic = async () => (await served.book.now()).isPublic('acme/shop' as never);

/** Every way to change something: what it sends, and whether it has happened. */
const changes: Readonly<Record<string, { path: string; sent: Sent; done: () => Promise<boolean> }>> = {
  'a right, by the form': {
    ...{ path: PAGE, sent: { method: 'POST', form: { user: 'bob', right: 'writer' } } },
    done: async () => (await bobsRight()) === 'writer',
  },
  'a right, by the API': {
    ...{ path: `${API}/rights/bob`, sent: { method: 'PUT', json: { right: 'writer' } } },
    done: async () => (await bobsRight()) === 'writer',
  },
  'the public, by the form': {
    ...{ path: PAGE, sent: { method: 'POST', form: { visibility: 'public' } } },
    done: isPublic,
  },
  'the public, by the API': {
    ...{ path: `${API}/visibility`, sent: { method: 'PUT', json: { isPublic: true } } },
    done: isPublic,
  },
  'a right taken back, by the form': {
    ...{ path: PAGE, sent: { method: 'POST', form: { user: 'reader', right: 'none' } } },
    done: async () => (await served.book.now()).rightIn('acme/shop' as never, 'reader') === undefined,
  },
  'a right taken back, by the API': {
    ...{ path: `${API}/rights/reader`, sent: { method: 'DELETE' } },
    done: async () => (await served.book.now()).rightIn('acme/shop' as never, 'reader') === undefined,
  },
};

describe.each(OWNERS)('%s, who owns it,', (who) => {
  test('sees who may use it', async () => {
    const page = await ask(who, PAGE);
    expect(page.status).toBe(200);
    expect(page.text).toContain('href="/acme/shop/rights" aria-current="page"');
    const { status, text } = await ask(who, `${API}/rights`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      isPublic: false,
      grants: [
        { user: 'holder', right: 'owner', place: 'acme/shop' },
        { user: 'reader', right: 'reader', place: 'acme/shop' },
        { user: 'acme', right: 'owner', place: 'acme' },
        { user: 'writer', right: 'writer', place: 'acme' },
        { user: 'chief', right: 'owner', place: '*' },
      ],
    });
  });

  test.each(Object.keys(changes))('changes %s', async (name) => {
    const { path, sent, done } = changes[name]!;
    expect(await done()).toBe(false);
    const { status, headers } = await ask(who, path, sent);
    expect(status).toBe(path === PAGE ? 303 : 204);
    expect(headers.get('location')).toBe(path === PAGE ? PAGE : null);
    expect(await done()).toBe(true);
    expect(served.log.at(-1)).toMatch(new RegExp(`"repository":"acme/shop","by":"${who}",.*"msg":"rights changed"`));
  });
});

describe.each(OTHERS)('%s', (who) => {
  const isHidden = who === 'nobody' || who === 'stranger';

  test('does not see who may use it', async () => {
    const page = await ask(who, PAGE);
    expect(page.status).toBe(isHidden ? 404 : 403);
    expect(page.text).not.toContain('holder');
    const { status, text } = await ask(who, `${API}/rights`);
    expect(status).toBe(isHidden ? 404 : 403);
    expect(text).not.toContain('holder');
    if (!isHidden) expect((await ask(who, '/acme/shop')).text).not.toContain(PAGE);
  });

  test.each(Object.keys(changes))('does not change %s', async (name) => {
    const { path, sent } = changes[name]!;
    const before = (await served.book.now()).text();
    expect((await ask(who, path, sent)).status).toBe(isHidden ? 404 : 403);
    expect((await served.book.now()).text()).toBe(before);
  });

  test('does not change a public one either', async () => {
    await served.change((accounts) => accounts.withPublic('acme/shop' as never, true));
    const before = (await served.book.now()).text();
    for (const { path, sent } of Object.values(changes)) {
      expect((await ask(who, path, sent)).status, path).toBe(403);
    }
    expect((await served.book.now()).text()).toBe(before);
  });
});

test('what was changed holds with the next call', async () => {
  const root = () => served.codeOf(methods.root, { repoPath: 'acme/shop' }, authorizations['bob']);
  expect(await root()).not.toBe(0);
  await ask('holder', PAGE, { method: 'POST', form: { user: 'bob', right: 'reader' } });
  expect(await root()).toBe(0);
  await ask('holder', `${API}/rights/bob`, { method: 'DELETE' });
  expect(await root()).not.toBe(0);
  await ask('holder', PAGE, { method: 'POST', form: { visibility: 'public' } });
  expect(await served.codeOf(methods.root, { repoPath: 'acme/shop' })).toBe(0);
});

test('forms and calls of other sites are refused, whoever signed in', async () => {
  const before = (await served.book.now()).text();
  const secret = authorizations['holder']!.replace('Bearer ', '');
  const elsewhere: readonly Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ];
  for (const headers of elsewhere) {
    for (const { path, sent } of Object.values(changes)) {
      const cookie = `dolt_hub_token=${encodeURIComponent(secret)}`;
      const { status, text } = await ask('nobody', path, { ...sent, headers: { ...headers, cookie } });
      expect(status, `${path} ${JSON.stringify(headers)}`).toBe(403);
      expect(text.toLowerCase()).toContain('another site');
    }
  }
  expect((await served.book.now()).text()).toBe(before);
});

test('what is wrong is said', async () => {
  for (const [sent, status, message] of [
    [{ user: 'nemo', right: 'reader' }, 404, 'there is no user &#39;nemo&#39;'],
    [{ user: '<b>', right: 'reader' }, 404, '&lt;b&gt;'],
    [{ user: 'bob', right: 'none' }, 404, 'no right in acme/shop was granted to bob'],
    [{ user: 'writer', right: 'none' }, 404, 'no right in acme/shop was granted to writer'],
    [{ user: 'bob', right: 'king' }, 400, 'a right'],
    [{ user: '', right: 'reader' }, 400, 'a user is needed'],
    [{ visibility: 'secret' }, 400, 'a user is needed'],
  ] as const) {
    const answer = await ask('holder', PAGE, { method: 'POST', form: sent });
    expect(answer.status, JSON.stringify(sent)).toBe(status);
    expect(answer.text, JSON.stringify(sent)).toContain(message);
  }
  for (const [path, method, json, status] of [
    ['rights/bob', 'PUT', { right: 'king' }, 400],
    ['rights/bob', 'PUT', ['reader'], 400],
    ['rights/bob', 'PUT', null, 400],
    ['rights/nemo', 'PUT', { right: 'reader' }, 404],
    ['rights/bob', 'DELETE', undefined, 404],
    ['visibility', 'PUT', { isPublic: 'yes' }, 400],
    ['rights/bob', 'POST', { right: 'reader' }, 404],
  ] as const) {
    const answer = await ask('holder', `${API}/${path}`, { method, json });
    expect(answer.status, `${method} ${path} ${JSON.stringify(json)}`).toBe(status);
    expect(typeof JSON.parse(answer.text).error).toBe('string');
  }
});

test('of a repository that nobody has pushed to nothing is said yet', async () => {
  for (const path of ['/acme/new/rights', '/api/v1/repositories/acme/new/rights']) {
    expect((await ask('acme', path)).status).toBe(404);
  }
  const before = (await served.book.now()).text();
  expect(
    (await ask('acme', '/api/v1/repositories/acme/new/visibility', { method: 'PUT', json: { isPublic: true } })).status,
  ).toBe(404);
  expect((await served.book.now()).text()).toBe(before);
});

test('who has a right in all there is has it in every repository, now and later', async () => {
  const { status, text } = await ask('chief', '/api/v1/repositories');
  expect(status).toBe(200);
  expect(JSON.parse(text).total).toBe(2);
  expect((await served.book.now()).mayCreate('anybody', 'chief')).toBe(true);
  await served.change((accounts) => Accounts.parse(accounts.text(), 'it').withRight('chief', '*', 'reader'));
  expect((await ask('chief', PAGE)).status).toBe(403);
  expect((await ask('chief', '/acme/shop')).status).toBe(200);
  await served.change((accounts) => accounts.withRight('chief', '*', undefined));
  expect((await ask('chief', '/acme/shop')).status).toBe(404);
});

test('an open hub has no rights to change', async () => {
  const open = new ServedHub();
  open.place('remote-small', 'acme/shop');
  try {
    await open.start({ isOpen: true });
    expect((await open.get('/acme/shop')).text).not.toContain(PAGE);
    const { status, text } = await open.get(PAGE);
    expect(status).toBe(403);
    expect(text).toContain('everybody may do everything');
  } finally {
    await open.remove();
  }
});

describe('keys', () => {
  const [one, two] = ['1', '2'].map(() => generateKeyPair().publicKey) as [string, string];
  const send = (who: Who, form: Readonly<Record<string, string>>, headers = {}) =>
    ask(who, '/keys', { method: 'POST', form, headers });
  const keysOf = async (who: Who) => (await served.book.now()).user(who)!.keys.map(({ publicKey }) => publicKey);

  test('are added and removed by who has them, and let in at once', async () => {
    expect((await ask('bob', `/keys?key=${one}`)).text).toContain(`value="${one}"`);
    expect(await send('bob', { add: ` ${one} ` })).toMatchObject({ status: 303 });
    expect(await keysOf('bob')).toEqual([one]);
    expect((await ask('bob', '/keys')).text).toContain(one);
    // Nobody sees or removes another's, nor takes one over.
    expect((await ask('reader', '/keys')).text).not.toContain(one);
    const id = keyIdOf(one)!;
    expect(await send('reader', { remove: id })).toMatchObject({ status: 404 });
    expect(await send('reader', { add: one })).toMatchObject({ status: 409 });
    expect(await keysOf('reader')).toEqual([]);
    expect(await send('bob', { remove: id })).toMatchObject({ status: 303 });
    expect(await keysOf('bob')).toEqual([]);
    expect(served.log.filter((line) => /"key (added|removed)"/.test(line)).length).toBe(2);
  });

  test('lasts as long as the token by which it was added, and adds no other', async () => {
    const made = generateKeyPair();
    const { id } = readToken(authorizations['bob']!.slice('Bearer '.length))!;
    expect(await send('bob', { add: made.publicKey })).toMatchObject({ status: 303 });
    const bob = (await served.book.now()).user('bob')!;
    expect(bob.keys).toMatchObject([{ publicKey: made.publicKey, token: id }]);
    expect((await ask('bob', '/keys')).text).toContain(`lasts as long as the token ${id}`);
    const gone = (await served.book.now()).withoutToken('bob', id);
    expect(gone.user('bob')).toMatchObject({ keys: [], tokens: [] });
    await send('bob', { remove: keyIdOf(made.publicKey)! });
  });

  test('what is no key is told, and stays in the form', async () => {
    const { status, text } = await send('bob', { add: '<b>' });
    expect(status).toBe(400);
    expect(text).toContain('is no public key');
    expect(text).toContain('value="&lt;b&gt;"');
    expect(await send('bob', {})).toMatchObject({ status: 400 });
  });

  test('who is nobody signs in first, and comes back with the key', async () => {
    const { status, headers } = await ask('nobody', `/keys?key=${two}`);
    expect({ status, to: headers.get('location') }).toEqual({
      status: 303,
      to: `/login?next=${encodeURIComponent(`/keys?key=${two}`)}`,
    });
    expect(await send('nobody', { add: two })).toMatchObject({ status: 403 });
    expect(await send('bob', { add: two }, { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 401 });
    expect((await served.book.now()).key(keyIdOf(two)!)).toBeUndefined();
  });
});
