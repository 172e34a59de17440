/** The page in a real browser: with keys alone, on a phone, in the dark, with and without scripts. */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Address } from '../../../src/base/address.ts';
import { openSite } from '../../../src/hub/page/site.ts';
import { Replicas } from '../../../src/hub/replicas.ts';
import { type Demo, makeDemo, TOKEN } from './demo.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isThere = existsSync(executablePath);
if (!isThere) console.warn(`the page is not tested in a browser: there is none at ${executablePath}; set CHROMIUM`);

const lowestContrast = readFileSync(new URL('lowest-contrast.js', import.meta.url), 'utf8');

const EXAMPLE = '/timsehn/replication_example';
const PAGES = [
  '/',
  '/login',
  '/timsehn/nothing_yet',
  EXAMPLE,
  `${EXAMPLE}/tables/things`,
  `${EXAMPLE}/tables/things/schema`,
  `${EXAMPLE}/tables/test/row?key=1`,
  `${EXAMPLE}/commits`,
  `${EXAMPLE}/commits/feature%2Fx`,
  `${EXAMPLE}/compare?from=main&to=feature/x`,
  `${EXAMPLE}/sql?q=select+*+from+things`,
  `${EXAMPLE}/refs`,
  `${EXAMPLE}/replication`,
  '/nobody/nothing',
];

describe.skipIf(!isThere)('in a browser', () => {
  let demo: Demo;
  let site: FastifyInstance;
  let browser: Browser;
  let base: string;
  let replicas: Replicas;
  /** By the hub's clock. */
  let now = Date.now();

  beforeAll(async () => {
    demo = await makeDemo();
    const { access } = demo;
    const clock = { ...demo.environment.clock, now: () => now };
    const environment = { ...demo.environment, clock };
    replicas = new Replicas(clock);
    site = await openSite({ environment, access, replicas, remoteBase: () => 'http://localhost:50051' });
    await site.listen({ host: '127.0.0.1', port: 0 });
    base = `http://127.0.0.1:${(site.server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await demo?.end();
  });

  /** Looks at pages one after the other. */
  async function visit(
    paths: string | readonly string[],
    look: (page: Page, path: string) => Promise<void>,
    options: BrowserContextOptions = {},
  ): Promise<void> {
    const context = await browser.newContext({ baseURL: base, ...options });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 40[34]/.test(message.text())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(base)) problems.push(`asked for ${request.url()}`);
    });
    try {
      for (const path of [paths].flat()) {
        await page.goto(path);
        await look(page, path);
        expect(problems, path).toEqual([]);
      }
    } finally {
      await context.close();
    }
  }

  test('a pushed row is seen after the push', async () => {
    await visit(`${EXAMPLE}/tables/test`, async (page) => {
      const row = page.getByRole('link', { name: '4711', exact: true });
      expect(await row.count()).toBe(0);
      await demo.database.query('insert into test values (4711, 1)');
      await demo.database.commit('Seen at once');
      await demo.database.push();
      await page.reload();
      await expect.poll(() => row.count()).toBe(1);
      await page.getByRole('link', { name: 'Commits' }).click();
      await expect.poll(() => page.locator('.list .strong').first().innerText()).toBe('Seen at once');
      await page.getByRole('link', { name: 'Seen at once' }).click();
      await expect.poll(() => page.locator('.diff tr.added td').nth(1).innerText()).toBe('4711');
    });
  });

  test('keys alone lead through a repository', async () => {
    await visit(EXAMPLE, async (page) => {
      const focused = () => page.evaluate('document.activeElement.textContent.trim()');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to content');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('replication_example');
      const seen: unknown[] = [];
      for (let i = 0; i < 8; i++) {
        await page.keyboard.press('Tab');
        seen.push(await focused());
      }
      expect(seen.slice(0, 6)).toEqual(['Data', 'Commits', 'Compare', 'SQL', 'Branches & tags', 'Replication']);
      expect(seen[6]).toContain('main');
      // The menu opens by a key, is walked through, and is left as it was.
      await page.locator('.picker summary').focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('.picker .menu').isVisible()).toBe(true);
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('feature/x');
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      expect(outline).not.toBe('none');
      await page.keyboard.press('Escape');
      expect(await page.locator('.picker .menu').isVisible()).toBe(false);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForURL('**ref=feature%2Fx');
    });
  });

  test('a statement is run with Ctrl and Enter', async () => {
    await visit(`${EXAMPLE}/sql`, async (page) => {
      await page.getByRole('textbox').fill('select count(*) as all_of_them from things');
      await page.getByRole('textbox').press('Control+Enter');
      await page.waitForURL('**q=select**');
      await expect.poll(() => page.locator('td').innerText()).toBe('2');
    });
  });

  test('a row is found by its key', async () => {
    await demo.database.query('create table many (a int, b varchar(20), primary key (a, b))');
    const values = Array.from({ length: 60 }, (_, i) => `(${i}, 'b ${i}/&')`).join(',');
    await demo.database.query(`insert into many values ${values}`);
    await demo.database.commit('Many rows');
    await demo.database.push();
    await visit(`${EXAMPLE}/tables/many`, async (page) => {
      await page.getByLabel('a', { exact: true }).fill('55');
      await page.getByLabel('b', { exact: true }).fill('b 55/&');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('h1').innerText()).toBe('many 55, b 55/&');
    });
  });

  test('everything works without scripts', async () => {
    const look = async (page: Page): Promise<void> => {
      await page.locator('.picker summary').click();
      await page.locator('.picker').getByRole('link', { name: 'feature/x' }).click();
      await page.waitForURL('**ref=feature%2Fx');
      await page.getByRole('link', { name: 'SQL' }).click();
      await page.waitForURL('**/sql**');
      await page.getByRole('textbox').fill('select c2 from test');
      await page.getByRole('button', { name: 'Run' }).click();
      await expect.poll(() => page.locator('th').innerText()).toBe('c2');
      expect(await page.locator('button[data-copy]:visible').count()).toBe(0);
    };
    await visit(EXAMPLE, look, { javaScriptEnabled: false });
  });

  test('signing in and out', async () => {
    await visit('/ada/secret', async (page) => {
      await page.getByRole('link', { name: 'sign in', exact: true }).click();
      await page.getByLabel('Token').fill('wrong');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.getByRole('alert').innerText()).toContain('not known');
      await page.getByLabel('Token').fill(TOKEN);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/ada/secret');
      await expect.poll(() => page.locator('.label.private').count()).toBe(1);
      const cookies = await page.context().cookies();
      expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await expect.poll(() => page.context().cookies()).toEqual([]);
      await page.goto('/ada/secret');
      expect(await page.locator('h1').innerText()).toBe('Not found');
    });
  });

  /** Who has Ada's token. */
  const asAda = (): BrowserContextOptions => ({
    storageState: {
      cookies: [
        {
          ...{ name: 'dolt_hub_token', value: TOKEN, domain: '127.0.0.1', path: '/', expires: -1 },
          ...{ httpOnly: true, secure: false, sameSite: 'Strict' as const },
        },
      ],
      origins: [],
    },
  });

  test('an owner gives rights, takes them back, and says who may read; without scripts, too', async () => {
    const look = async (page: Page): Promise<void> => {
      expect(await page.getByRole('link', { name: 'Rights' }).getAttribute('aria-current')).toBe('page');
      const users = page.locator('section', { hasText: 'Users' }).locator('li');
      expect(await users.allInnerTexts()).toEqual([
        expect.stringMatching(/^ada .*owner\s+in all of ada$/s),
        expect.stringMatching(/^ada .*owner\s+in all repositories$/s),
      ]);
      await page.getByRole('textbox', { name: 'User' }).fill('bob');
      await page.getByRole('combobox', { name: 'Right' }).selectOption('writer');
      await page.getByRole('button', { name: 'Give' }).click();
      await expect.poll(() => users.count()).toBe(3);
      expect(await users.first().innerText()).toMatch(/^bob .*writer/s);
      await page.getByRole('textbox', { name: 'User' }).fill('<nobody>');
      await page.getByRole('button', { name: 'Give' }).click();
      await expect.poll(() => page.getByRole('alert').innerText()).toContain("'<nobody>'");
      await page.getByRole('button', { name: "Take bob's right back" }).click();
      await expect.poll(() => users.count()).toBe(2);
      await page.getByRole('button', { name: 'Make it public' }).click();
      await expect.poll(() => page.locator('.head .label.public').count()).toBe(1);
      await page.getByRole('button', { name: 'Make it private' }).click();
      await expect.poll(() => page.locator('.head .label.private').count()).toBe(1);
    };
    await visit('/ada/secret/rights', look, asAda());
    await visit('/ada/secret/rights', look, { ...asAda(), javaScriptEnabled: false });
  });

  test('the chart of a replica has a bar for each push that it came to see, as tall as that took', async () => {
    const repository = 'timsehn/replication_example';
    const root = (n: number): Address => `${'0'.repeat(30)}${String(n).padStart(2, '0')}` as Address;
    const poll = (n: number): void => {
      replicas.polled({ repository, name: 'r1 at 10.0.0.7', account: undefined, root: root(n) });
    };
    poll(0);
    const seconds = [2, 8, 4, 16];
    for (const [i, delay] of seconds.entries()) {
      replicas.pushed(repository, 'ada', root(i + 1));
      now += delay * 1000;
      poll(i + 1);
    }
    const look = async (page: Page): Promise<void> => {
      const chart = page.getByRole('img');
      expect(await chart.getAttribute('aria-label')).toBe('A push was seen after 16 s at the most, of the last 4');
      const bars = chart.locator('rect');
      expect(await bars.locator('title').allTextContents()).toEqual(
        seconds.map((delay) => expect.stringMatching(new RegExp(`^${delay}(\\.0)? s, `))),
      );
      const frame = (await chart.boundingBox())!;
      const boxes = await Promise.all((await bars.all()).map(async (bar) => (await bar.boundingBox())!));
      const [base] = boxes.map(({ y, height }) => y + height);
      const unit = boxes.at(-1)!.height / 16;
      let before = frame.x;
      for (const [i, { x, y, width, height }] of boxes.entries()) {
        expect(height / unit).toBeCloseTo(seconds[i]!, 0);
        expect(y + height).toBeCloseTo(base!, 0);
        expect(y).toBeGreaterThanOrEqual(frame.y);
        // One after the other, and the newest at the end.
        expect(x).toBeGreaterThanOrEqual(before);
        before = x + width;
      }
      expect(before).toBeLessThanOrEqual(frame.x + frame.width + 1);
      expect(before).toBeGreaterThan(frame.x + frame.width - 3);
      const fills = await page.evaluate<string[]>(
        "[...document.querySelectorAll('[role=img] rect')].map((bar) => getComputedStyle(bar).fill)",
      );
      expect(fills).toHaveLength(seconds.length);
      expect(fills).not.toContain('none');
    };
    await visit(`${EXAMPLE}/replication`, look);
    await visit(`${EXAMPLE}/replication`, look, { viewport: { width: 360, height: 700 }, isMobile: true });
  });

  const phone: BrowserContextOptions = { viewport: { width: 360, height: 700 }, isMobile: true, hasTouch: true };

  test('no page is wider than a phone, and each begins with a heading of its own', async () => {
    const look = async (page: Page, path: string): Promise<void> => {
      const [width, shown] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, window.innerWidth]',
      );
      expect(width, path).toBeLessThanOrEqual(shown);
      const levels = await page.evaluate<string[]>(
        "[...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => tagName)",
      );
      expect(levels.filter((level) => level === 'H1')).toHaveLength(1);
      expect(levels[0], path).toBe('H1');
    };
    await visit(PAGES, look, phone);
    await visit(`${EXAMPLE}/rights`, look, { ...asAda(), ...phone });
  });

  test('long names go on in the next line, and cover nothing', async () => {
    const name = 'a-name-that-goes-on-'.repeat(4).slice(0, 64);
    const column = 'a_name_that_goes_on_'.repeat(4).slice(0, 64);
    await demo.database.query(`create table ${column} (${column} int primary key, short int)`);
    await demo.database.query(`insert into ${column} values (1, 2)`);
    await demo.database.commit(`A title ${'of one word'.replaceAll(' ', '')}`.repeat(20));
    const branches = Array.from({ length: 9 }, (_, i) => `${name}-${i}`);
    for (const branch of branches) await demo.database.query('call dolt_branch(?)', [branch]);
    for (const branch of ['main', ...branches]) await demo.database.query("call dolt_push('origin', ?)", [branch]);
    cpSync(demo.folder, demo.access.add(name, name, true), { recursive: true });
    const look = async (page: Page, path: string): Promise<void> => {
      const [width, shown, top, wide, widest] = await page.evaluate<[number, number, string, string[], number]>(`[
        document.documentElement.scrollWidth, window.innerWidth,
        document.elementFromPoint(60, 25).closest('.home')?.textContent.trim(),
        [...document.querySelectorAll('th')].filter((head) => head.scrollWidth > head.clientWidth).map((head) => head.innerText),
        Math.max(0, ...[...document.querySelectorAll('th:has(.type)')].map((head) => head.clientWidth)),
      ]`);
      expect(width, path).toBeLessThanOrEqual(shown);
      expect(top, path).toBe('dolt hub');
      expect(wide, path).toEqual([]);
      if (shown < 400) expect(widest, path).toBeLessThan(300);
    };
    const base = `/${name}/${name}`;
    const paths = [base, ...['/commits', '/refs', `/tables/${column}`, `/commits/main`].map((end) => `${base}${end}`)];
    await visit(paths, look);
    await visit(paths, look, phone);
    await visit(`${base}/commits`, async (page) => {
      const labels = page.locator('.list li').first().locator('.label');
      expect(await labels.count()).toBe(6);
      expect(await labels.last().innerText()).toBe('5 more');
      expect(await labels.last().getAttribute('href')).toBe(`${base}/refs`);
    });
  });

  test.each(['light', 'dark'] as const)('text can be read in the %s', async (colorScheme) => {
    const look = async (page: Page, path: string): Promise<void> => {
      const [worst, where] = await page.evaluate<[number, string]>(lowestContrast);
      expect(worst, `${path}: ${where}`).toBeGreaterThanOrEqual(4.5);
      const background = await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
      const lightness = Number(/\d+/.exec(background)![0]);
      if (colorScheme === 'dark') expect(lightness).toBeLessThan(60);
      else expect(lightness).toBeGreaterThan(200);
    };
    await visit(PAGES, look, { colorScheme });
    await visit(`${EXAMPLE}/rights`, look, { ...asAda(), colorScheme });
  });
});
