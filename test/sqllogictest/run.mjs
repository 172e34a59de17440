// npm run test:logic [-- FILE…]: plays scripts of sqllogictest. This makes JavaScript of main.ts and starts it.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const outdir = join(here, '../../node_modules/.cache/sqllogictest');
await build({
  entryPoints: [join(here, 'main.ts'), join(here, 'worker.ts')],
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  packages: 'external',
  sourcemap: 'linked',
  logLevel: 'warning',
});
const { main } = await import(pathToFileURL(join(outdir, 'main.mjs')).href);
process.exitCode = await main(process.argv.slice(2), join(here, '../..'));
