/**
 * The graph of allowed imports, types included: it points down only, and siblings on one line do not know each other.
 * `layers` says what each folder may import besides itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../src', import.meta.url));

const storage = ['base', 'chunks', 'serial', 'tuple', 'prolly', 'table'];
const expressions = ['sql/types', 'sql/syntax', 'sql/functions', 'sql/expressions'];
const queries = [
  ...expressions,
  'sql/catalog',
  'sql/accounts',
  'sql/session',
  'sql/plan',
  'sql/bind',
  'sql/optimize',
  'sql/execute',
];

const layers: Readonly<Record<string, readonly string[]>> = {
  base: [],
  chunks: ['base'],
  serial: ['base'],
  tuple: ['base'],
  prolly: ['base', 'chunks', 'serial', 'tuple'],
  table: ['base', 'chunks', 'serial', 'tuple', 'prolly'],
  repo: storage,
  remote: [...storage, 'repo'],
  replication: [...storage, 'repo', 'remote'],
  verbs: [...storage, 'repo', 'remote'],
  'sql/types': ['base', 'tuple'],
  'sql/syntax': ['base', 'sql/types'],
  'sql/functions': ['base', 'tuple', 'sql/types', 'sql/expressions'],
  'sql/expressions': ['base', 'tuple', 'sql/types', 'sql/functions'],
  'sql/catalog': [...storage, 'repo', ...expressions],
  'sql/accounts': [...storage, 'repo', ...expressions],
  'sql/session': [...storage, 'repo', 'verbs', ...expressions, 'sql/catalog', 'sql/accounts'],
  'sql/plan': [...storage, ...expressions, 'sql/catalog'],
  'sql/bind': [...storage, ...expressions, 'sql/catalog', 'sql/plan'],
  'sql/optimize': [...storage, ...expressions, 'sql/catalog', 'sql/plan'],
  'sql/execute': [...storage, ...expressions, 'sql/catalog', 'sql/plan'],
  'sql/statements': [...storage, 'repo', 'verbs', ...queries],
  'sql/information-schema': [
    ...storage,
    'repo',
    ...expressions,
    'sql/catalog',
    'sql/accounts',
    'sql/session',
    'sql/bind',
  ],
  'sql/mysql-schema': [...storage, 'repo', ...expressions, 'sql/catalog', 'sql/accounts', 'sql/session'],
  'sql/performance-schema': [...storage, ...expressions, 'sql/catalog', 'sql/session'],
  'sql/dolt': [...storage, 'repo', 'remote', 'verbs', ...queries, 'sql/statements'],
  sql: [
    ...storage,
    'repo',
    'remote',
    'verbs',
    'replication',
    ...queries,
    'sql/statements',
    'sql/information-schema',
    'sql/mysql-schema',
    'sql/performance-schema',
    'sql/dolt',
  ],
  wire: ['base', 'tuple', ...expressions, 'sql/session'],
  service: [...storage, 'repo', 'remote'],
  server: [...storage, 'repo', 'remote', 'verbs', 'replication', ...queries, 'sql', 'wire', 'service', '.'],
  hub: [...storage, 'repo', 'remote', 'verbs', 'replication', ...queries, 'sql', 'service', '.'],
  cli: [
    ...storage,
    'repo',
    'remote',
    'verbs',
    'replication',
    ...queries,
    'sql',
    'wire',
    'service',
    'server',
    'hub',
    '.',
  ],
  '.': [...storage, 'repo', 'remote', 'verbs', 'replication', ...queries, 'sql', 'wire'],
};

/** Modules of Node that reach the world; only the edges and the disk may. */
const worldly = /^node:(fs|child_process|worker_threads|net|os|http|https|tls|readline)\b/;
const mayTouchTheWorld = (file: string): boolean =>
  /^(cli|server|service|hub)\//.test(file) || /^base\/node-(disk|gpg|http|lock|ranges)\.ts$/.test(file);

const layerOf = (file: string): string => {
  const [first = '', second] = dirname(file).split('/');
  return first === 'sql' && second !== undefined ? `sql/${second}` : first;
};

function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const specifiers = /^\s*(?:import|export)\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
  return [...text.matchAll(specifiers)].map((m) => (m[1] ?? m[2])!);
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));

test('imports point down', () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const file of files) {
    const from = layerOf(file);
    for (const specifier of importsOf(file)) {
      seen++;
      if (worldly.test(specifier) && !mayTouchTheWorld(file)) wrong.push(`${file} imports ${specifier}`);
      if (!specifier.startsWith('.')) continue;
      const to = layerOf(relative(source, resolve(source, dirname(file), specifier)));
      if (to !== from && !layers[from]?.includes(to)) wrong.push(`${file} (${from}) imports ${specifier} (${to})`);
    }
  }
  expect(seen, 'the test must see the imports').toBeGreaterThan(files.length);
  expect(wrong).toEqual([]);
});

test('no file exports a variable that may change: the build exports values', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const changing = files.filter((name) =>
    /^export (?:let|var|default)\b/m.test(readFileSync(join(source, name), 'utf8')),
  );
  expect(changing).toEqual([]);
});
