// Builds dist/ from src/: the command line as one script of many modules (dist/cli/main.js, run by bin/dolt with V8's
// code cache) and the library as ES modules with type declarations (dist/lib), with the modules of their threads and processes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { commandLineScript } from './command-line-script.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

// Native add-ons find their binaries beside themselves. The loader of .proto files is part of gRPC that nothing here uses.
const external = [
  '@grpc/proto-loader',
  '@node-rs/crc32',
  '@toondepauw/node-zstd',
  'fastify',
  'pino',
  'prom-client',
  'yaml',
];

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  keepNames: false,
  external,
  logLevel: 'warning',
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, 'cli'), { recursive: true });

writeFileSync(join(dist, 'cli', 'main.js'), await commandLineScript({ root, entry: 'cli/main', external }));
writeFileSync(join(dist, 'cli', 'package.json'), '{"type":"commonjs"}\n');

await build({
  ...common,
  entryPoints: { index: 'src/index.ts' },
  outdir: join(dist, 'lib'),
  chunkNames: '[name]-[hash]',
});
// What a thread runs, for both, and a hub's process for statements: CommonJS starts sooner.
await build({
  ...common,
  entryPoints: { thread: 'src/thread.ts', statements: 'src/hub/statements/child.ts' },
  outdir: join(dist, 'lib'),
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  splitting: false,
  define: { 'import.meta.url': '__filename' },
});
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
