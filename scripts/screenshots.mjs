// Pictures of the hub's main pages in docs/images/, of a repository that the command line makes: npm run screenshots.
// Needs Chromium (CHROMIUM, or /usr/bin/chromium). `--to DIRECTORY` puts them elsewhere, `--all` takes every page.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { makeDemoRepository } from './demo-repository.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({ options: { to: { type: 'string' }, all: { type: 'boolean' } } });
const images = options.to ?? join(root, 'docs', 'images');

/** The site's modules, from the sources. */
async function loadSite() {
  const outfile = join(root, 'node_modules', '.screenshots.mjs');
  await build({
    stdin: {
      contents: `export { openSite } from './src/hub/page/site.ts';
        export { Replicas } from './src/hub/replicas.ts';
        export { realEnvironment } from './src/real-environment.ts';
        export { MemoryAccess } from './test/hub/page/demo.ts';
        export { NbsStore } from './src/chunks/nbs-store.ts';`,
      resolveDir: root,
    },
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'warning' },
  });
  try {
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(outfile);
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'dolt-ts-screenshots-'));
const now = Date.now();
const { openSite, Replicas, realEnvironment, MemoryAccess, NbsStore } = await loadSite();
const environment = realEnvironment({ warn() {}, info() {} });
const access = new MemoryAccess(environment, join(scratch, 'hub'));
access.add('ada', 'shop', true);
access.add('timsehn', 'replication_example', true);
access.add('grace', 'weather', false);
let rootBefore;
const remote = makeDemoRepository(scratch, join(scratch, 'hub'), now, (folder) => {
  rootBefore = rootOf(folder);
});
const replicas = repliedTo(rootBefore, rootOf(remote));
const site = await openSite({ environment, access, replicas, remoteBase: () => 'https://hub.example.com' });
await site.listen({ host: '127.0.0.1', port: 0 });
const base = `http://127.0.0.1:${site.server.address().port}`;

function rootOf(folder) {
  const store = NbsStore.open(environment.disk, folder, { journal: false, readOnly: true });
  try {
    return store.root();
  } finally {
    store.close();
  }
}

/** Two replicas that have asked for an hour; one of them has not seen the last push. */
function repliedTo(before, after) {
  const time = { now: now - 3600_000 };
  const book = new Replicas({ now: () => time.now, monotonic: () => time.now });
  const poll = (name, root) => book.polled({ repository: 'ada/shop', name, account: 'reader', root });
  for (let push = 0; push < 30; push++) {
    const root = push === 28 ? before : push === 29 ? after : String.fromCharCode(97 + (push % 20)) + before.slice(1);
    const start = time.now;
    book.pushed('ada/shop', 'ada', root);
    time.now = start + 300 + ((push * 7919) % 700);
    poll('replica-1.example.com', root);
    time.now = start + 1000 + ((push * 104729) % 2600);
    if (push < 29) poll('replica-2.example.com', root);
    time.now = start + 120_000;
  }
  time.now = now;
  poll('replica-1.example.com', after);
  book.failed('ada/shop', 'replica-2.example.com', 'the connection was reset while 14 chunks were sent');
  return book;
}

const STATEMENT = `select c.name, count(*) as orders, sum(p.price * o.amount) as total
from orders o join customers c on c.id = o.customer join products p on p.id = o.product
group by c.name order by total desc`;

const pages = [
  ['hub-repository', '/ada/shop', {}],
  ['hub-diff', '/ada/shop/commits/v1.1', {}],
  ['hub-rows-dark', '/ada/shop/tables/products', { dark: true }],
  ['hub-commits-phone', '/ada/shop/commits', { phone: true }],
  ['hub-replication', '/ada/shop/replication', {}],
  ['hub-sql', `/ada/shop/sql?q=${encodeURIComponent(STATEMENT)}`, {}],
];
const more = [
  ['repositories', '/', {}],
  ['row', '/ada/shop/tables/products/row?key=1001', {}],
  ['schema', '/ada/shop/tables/orders/schema', {}],
  ['commit', '/ada/shop/commits/feature%2Fdiscounts', {}],
  ['commit-dark', '/ada/shop/commits/v1.1', { dark: true }],
  ['refs', '/ada/shop/refs', {}],
  ['compare', '/ada/shop/compare?from=v1.0&to=main', {}],
  ['replication-dark', '/ada/shop/replication', { dark: true }],
  ['empty', '/timsehn/replication_example', {}],
  ['login', '/login', {}],
  ['missing', '/nobody/nothing', {}],
  ['repository-phone', '/ada/shop', { phone: true }],
  ['repository-dark', '/ada/shop', { dark: true }],
  ['diff-phone', '/ada/shop/compare?from=v1.0&to=main', { phone: true, dark: true }],
  ['rows-phone', '/ada/shop/tables/products', { phone: true }],
];

mkdirSync(images, { recursive: true });
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const [name, path, { dark = false, phone = false }] of options.all ? [...pages, ...more] : pages) {
    const page = await browser.newPage({
      colorScheme: dark ? 'dark' : 'light',
      viewport: phone ? { width: 390, height: 780 } : { width: 1200, height: 800 },
    });
    await page.goto(base + path);
    await page.screenshot({ path: join(images, `${name}.png`), animations: 'disabled' });
    await page.close();
  }
} finally {
  await browser.close();
  await site.close();
  rmSync(scratch, { recursive: true, force: true });
}
