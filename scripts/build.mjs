// Builds dist/ from src/: the command line as one script of many modules (dist/cli/main.js, run by bin/dolt with V8's
// code cache) and the library as ES modules with type declarations (dist/lib).
//
// One script, because every file read and checked costs as much as a hundred functions; many modules in it, each a
// function, because what a command does not load is then neither compiled nor in its cache. esbuild splits code only
// between ES modules, and Node 20 caches compiled code only for scripts: so the command line is split as ES modules
// first, and each piece is then turned into the body of a function.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

// Native add-ons find their binaries beside themselves.
const external = ['@node-rs/crc32', '@toondepauw/node-zstd', 'hash-wasm'];

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

/**
 * esbuild exports through two getters a name, which costs a quarter of the time of hot loops across modules. A module's
 * names are complete when its code has run, and modules do not import each other in circles: so plain properties do.
 * What is assigned again later keeps its getter.
 */
function withPlainExports(code) {
  const head = /\n__export\(stdin_exports, \{\n([\s\S]*?)\n\}\);\nmodule\.exports = __toCommonJS\(stdin_exports\);\n/;
  const match = head.exec(code);
  if (!match) return code;
  const body = code.replace(head, '\n').replace(/\/\/ Annotate the CommonJS export names[\s\S]*$/, '');
  const names = [...match[1].matchAll(/^\s*(?:"([^"]+)"|([\w$]+)): \(\) => ([\w$.]+),?$/gm)];
  const count = match[1].split('\n').length;
  if (names.length !== count) throw new Error(`cannot read the exports:\n${match[1]}`);
  // Without the mark of a module, import() would take the exports for the default export.
  const mark = 'exports.__esModule = true;';
  const lines = names.map(([, quoted, plain, local]) => {
    const name = JSON.stringify(quoted ?? plain);
    const word = local.replaceAll('$', '\\$');
    const assigned = new RegExp(`(?<![\\w$.])${word}\\s*(?:[-+*/%|&^?]*=(?![=>])|\\+\\+|--)`, 'g');
    const declaredOnly = new RegExp(`\\b(?:var|let)\\s[^;=]*(?<![\\w$.])${word}\\s*[,;]`);
    const isFinal = [...body.matchAll(assigned)].length <= 1 && !declaredOnly.test(body);
    return isFinal
      ? `exports[${name}] = ${local};`
      : `Object.defineProperty(exports, ${name}, { enumerable: true, get: () => ${local} });`;
  });
  return `${mark}\n${body}\n${lines.join('\n')}\n`;
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, 'cli'), { recursive: true });

const cli = await build({
  ...common,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: join(dist, 'cli'),
  chunkNames: '[name]-[hash]',
  define: { 'import.meta.url': '__filename' },
  write: false,
});
const modules = [];
for (const file of cli.outputFiles) {
  const { code } = await transform(file.text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // V8's scripts have no import(): it becomes a require, which the loader serves.
    supported: { 'dynamic-import': false },
    minifySyntax: true,
  });
  const { code: body } = await transform(withPlainExports(code), {
    minifyWhitespace: true,
    minifySyntax: true,
    // esbuild's own helpers, mostly not needed any more.
    treeShaking: true,
  });
  modules.push(`${JSON.stringify(`./${basename(file.path)}`)}(exports,require,module,__filename){${body}}`);
}
// An expression: the modules by name.
writeFileSync(join(dist, 'cli', 'main.js'), `({${modules.join(',\n')}})\n`);
writeFileSync(join(dist, 'cli', 'package.json'), '{"type":"commonjs"}\n');

await build({
  ...common,
  entryPoints: { index: 'src/index.ts' },
  outdir: join(dist, 'lib'),
  chunkNames: '[name]-[hash]',
});
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
