/** The page and the API of a hub that runs: the same rights on every route as for every call. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RepositoryName } from '../../src/hub/storage/repository-name.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { ServedHub } from './served-hub.ts';

describe('rights on every route', () => {
  const served = new ServedHub();
  let who: Readonly<Record<string, string>>;
  const as = (user: string | undefined): Record<string, string> =>
    user === undefined ? {} : { authorization: who[user]! };

  beforeAll(async () => {
    for (const name of ['acme/shop', 'acme/open']) served.place('remote-small', name);
    await served.start();
    who = await served.users('reader', 'stranger', 'owner');
    await served.change((accounts) =>
      accounts
        .withRight('reader', 'acme/shop', 'reader')
        .withRight('owner', 'acme', 'owner')
        .withPublic('acme/open' as RepositoryName, true),
    );
  });
  afterAll(() => served.remove());

  /** Links within the repository, from its page on. */
  async function crawl(user: string | undefined, repository: string): Promise<readonly string[]> {
    const found = new Set([`/${repository}`]);
    for (const path of found) {
      if (found.size > 60) break;
      const { text, headers } = await served.get(path, as(user));
      if (!headers.get('content-type')?.includes('html')) continue;
      for (const [, link = ''] of text.matchAll(/(?:href|action)="([^"#]*)/g)) {
        if (link.startsWith(`/${repository}`)) found.add(link.replaceAll('&amp;', '&'));
      }
    }
    return [...found];
  }

  test('pages: readers see them, for others there is no such repository', async () => {
    const links = await crawl('reader', 'acme/shop');
    expect(links.length).toBeGreaterThan(15);
    for (const link of links) {
      expect([link, (await served.get(link, as('reader'))).status]).toEqual([link, 200]);
      for (const other of ['stranger', undefined]) {
        const { status, text } = await served.get(link, as(other));
        expect([link, status]).toEqual([link, 404]);
        expect(text.includes('remote-small')).toBe(false);
      }
      const open = link.replace('/acme/shop', '/acme/open');
      const isForReaders = open.endsWith('/replication');
      expect([open, (await served.get(open)).status]).toEqual([open, isForReaders ? 403 : 200]);
    }
  }, 120_000);

  test('the API: every path of its description', async () => {
    const { paths } = JSON.parse((await served.get('/api/v1/openapi.json')).text) as { paths: object };
    const own = Object.keys(paths).filter((path) => path.includes('{database}'));
    expect(own.length).toBeGreaterThan(12);
    for (const path of own) {
      const at = (database: string): string =>
        `/api/v1${path}`
          .replace('{owner}', 'acme')
          .replace('{database}', database)
          .replace('{table}', 'x')
          .replace('{commit}', 'main');
      for (const other of ['stranger', undefined]) {
        const hidden = await served.get(at('shop'), as(other));
        expect([path, hidden.status]).toEqual([path, 404]);
        // Not a word differs from one that is not there.
        expect(hidden.text.replaceAll('shop', 'none')).toBe((await served.get(at('none'), as(other))).text);
      }
      const [reader, everybody] = [await served.get(at('shop'), as('reader')), await served.get(at('open'))];
      const wanted = path.endsWith('/replication') ? [200, 403] : [reader.status, reader.status];
      expect([path, reader.status, everybody.status]).toEqual([path, ...wanted]);
      expect(reader.status === 404 && /repository/i.test(reader.text)).toBe(false);
    }
  });

  test('lists name what one may read', async () => {
    const names = async (user: string | undefined): Promise<readonly string[]> => {
      const { text } = await served.get('/', as(user));
      return ['acme/shop', 'acme/open'].filter((name) => text.includes(`/${name}"`));
    };
    expect(await names('reader')).toEqual(['acme/shop', 'acme/open']);
    expect(await names('stranger')).toEqual(['acme/open']);
    expect(await names(undefined)).toEqual(['acme/open']);
  });

  test('who pulls a public repository is told to those with a right of their own', async () => {
    const status = async (user: string | undefined): Promise<string> =>
      (await served.get('/api/v1/repositories/acme/open/replication', as(user))).text;
    const remote = openRemote(
      served.environment,
      `http://owner:${who['owner']!.slice(7)}@127.0.0.1:${served.hub.grpcPort}/acme/open`,
    );
    await remote.root();
    remote.close();
    expect(await status('owner')).toContain('"owner"');
    expect(await status('stranger')).not.toContain('"owner"');
    expect(await status(undefined)).not.toContain('"owner"');
  });

  test('a token that is wrong is refused, also where everybody may read', async () => {
    expect((await served.get('/acme/open', { authorization: 'Bearer x' })).status).toBe(401);
  });
});
