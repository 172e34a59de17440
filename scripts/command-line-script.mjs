// The command line as one script: an object of modules by name, each source file (and each package) a function, which
// bin/dolt runs when something of it is first used. Not ES modules, because Node 20 caches compiled code only of scripts;
// not one scope, because what a command does not use is then neither run nor compiled nor in its cache.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { build, transform } from 'esbuild';

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  outdir: '/',
  write: false,
};

/** Modules are named by their path below src/ without extension; `entry` is one. Answers the text of the script. */
export async function commandLineScript({ root, entry, external }) {
  const files = await sourceModules(join(root, 'src'));
  const texts = [];
  const reached = new Set([entry]);
  for (const name of reached) {
    const { body, uses } =
      files.get(name) ?? (external.includes(name) ? installed(name) : await packageModule(root, name, external));
    const { code } = await transform(body, { minifySyntax: true, minifyWhitespace: true, treeShaking: true });
    texts.push(`${JSON.stringify(name)}(exports,require,module,__filename){${inAscii(code)}}`);
    for (const used of uses) reached.add(used);
  }
  return `({__proto__:null,\n${texts.join(',\n')}})\n`;
}

/**
 * bin/dolt reads the script, and keeps it, a byte a character. esbuild escapes what is not ASCII, but in tagged templates
 * it leaves it, for tags that look at the raw text; none here does.
 */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function sourceModules(source) {
  const names = readdirSync(source, { recursive: true }).filter((name) => name.endsWith('.ts'));
  const { outputFiles, metafile } = await build({
    ...common,
    absWorkingDir: source,
    entryPoints: names,
    outbase: source,
    metafile: true,
    // V8's scripts have no import(): it becomes a require, which the loader serves.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__filename' },
    plugins: [{ name: 'one module a file', setup: (build) => build.onResolve({ filter: /./ }, linked) }],
  });
  function linked({ kind, path, resolveDir }) {
    if (kind === 'entry-point') return undefined;
    const isSource = path.startsWith('.');
    return { path: isSource ? withoutExtension(relative(source, join(resolveDir, path))) : path, external: true };
  }
  const isLoaded = (path) => !path.startsWith('node:');
  return new Map(
    outputFiles.map(({ path, text }) => {
      const name = withoutExtension(path.slice(1));
      const uses = metafile.outputs[relative(source, path)].imports.map((each) => each.path).filter(isLoaded);
      return [name, { body: withImportsWhenUsed(withPlainExports(text)), uses }];
    }),
  );
}

const withoutExtension = (path) => path.replace(/\.[jt]s$/, '');

/** A package that is not in the script: it is loaded from where it was installed. */
const installed = (name) => ({ body: `module.exports = require.installed(${JSON.stringify(name)});`, uses: [] });

async function packageModule(root, name, external) {
  const plugins = [
    {
      name: 'builtins by their full name, files of gRPC when they are used',
      setup(build) {
        build.onResolve({ filter: /^net$/ }, ({ importer }) =>
          GRPC.test(importer) ? { path: 'net', namespace: 'grpc' } : undefined,
        );
        build.onLoad({ filter: /^net$/, namespace: 'grpc' }, () => ({ contents: NET_OF_GRPC }));
        build.onResolve({ filter: /./ }, prefixed);
        build.onLoad({ filter: GRPC }, ({ path }) => ({ contents: withRequiresWhenUsed(readFileSync(path, 'utf8')) }));
      },
    },
  ];
  const { outputFiles } = await build({ ...common, absWorkingDir: root, entryPoints: [name], external, plugins });
  return { body: outputFiles[0].text, uses: [] };
}

const GRPC = /[\\/]@grpc[\\/]grpc-js[\\/].*\.js$/;

/** Node's `isIPv6` compiles a regular expression first, for 5 ms; what has no colon is no such address. */
const NET_OF_GRPC = `
const net = require('node:net');
module.exports = { __proto__: net, isIPv6: (text) => text.includes(':') && net.isIPv6(text) };
`;

/**
 * As `withImportsWhenUsed`, of a CommonJS file. A name that stands somewhere without a property of it behind it is required
 * at once.
 */
function withRequiresWhenUsed(code) {
  let late = code;
  for (const [statement, name, call] of code.matchAll(/^const ([\w$]+) = (require\("[^"]+"\));$/gm)) {
    const rest = late.replace(statement, '');
    const escaped = name.replaceAll('$', '\\$');
    if (new RegExp(`(?<![\\w$.])${escaped}(?![\\w$.])`).test(rest)) continue;
    const uses = new RegExp(`(?<![\\w$.])${escaped}(?=\\.)`, 'g');
    late = `let ${name};\n${rest.replace(uses, `(${name} ??= ${call})`)}`;
  }
  return late;
}

/** The loader tells Node's own modules by their prefix. */
const prefixed = ({ path }) =>
  isBuiltin(path) ? { path: path.startsWith('node:') ? path : `node:${path}`, external: true } : undefined;

/** Each use of an import asks whether its module has been loaded: `(import_x ??= require("x")).name`. */
function withImportsWhenUsed(code) {
  const imports = new Map();
  const body = code
    .replace(/__toESM\((require\("(?:node:[^"]+|[^"]*\/[^"]*)"\))(?:, 1)?\)/g, '$1')
    // Node takes all of a CommonJS module for its default export; packages stand here with the one that they name.
    .replace(/__toESM\((require\("[^"]+"\)), 1\)/g, '__toESM($1)')
    .replace(/^var ([\w$]+) = (require\("[^"]+"\));$/gm, (_, name, call) => {
      imports.set(name, call);
      return `var ${name};`;
    });
  return body.replace(/(?<![\w$]|(?<!\.\.)\.)[\w$]+(?=\.)/g, (name) =>
    imports.has(name) ? `(${name} ??= ${imports.get(name)})` : name,
  );
}

/**
 * esbuild exports through two getters a name, which costs a quarter of the time of hot loops across modules; plain
 * properties do, as no file exports a variable that changes. Functions are exported first, for files that import each
 * other; what is only passed on keeps its getter, so that it loads nothing before it is used.
 */
function withPlainExports(code) {
  const head = /\n__export\(\w+, \{\n([\s\S]*?)\n\}\);\nmodule\.exports = __toCommonJS\(\w+\);\n/;
  const match = head.exec(code);
  if (!match) return code;
  const body = code.replace(head, '\n').replace(/\/\/ Annotate the CommonJS export names[\s\S]*$/, '');
  const first = [];
  const last = [];
  for (const line of match[1].split('\n')) {
    const [, exported, local] = /^\s*([\w$]+): \(\) => ([\w$.]+),?$/.exec(line) ?? [];
    if (!local) throw new Error(`cannot read the export ${line} of:\n${code}`);
    const isFunction = new RegExp(`^(?:async )?function\\*? ?${local.replaceAll('$', '\\$')}\\(`, 'm').test(body);
    if (local.includes('.')) first.push(`Object.defineProperty(exports, "${exported}", { get: () => ${local} });`);
    else (isFunction ? first : last).push(`exports.${exported} = ${local};`);
  }
  return `${first.join('\n')}\n${body}\n${last.join('\n')}\n`;
}
