/**
 * `diff`: what changed between two roots: working against staged, staged against the head, or any two commits. The
 * result is lazy: rows are read as they are asked for.
 */
import { DoltError } from '../base/errors.ts';
import { type IgnorePattern, isIgnored } from '../repo/ignore-patterns.ts';
import { mergeBase } from '../repo/merge-base.ts';
import { tryResolveCommit } from '../repo/ref-spec.ts';
import type { RootValue } from '../repo/root-value.ts';
import { ignorePatterns } from '../repo/staging.ts';
import { currentName, isVisible, type TableDelta, tableDeltas } from '../repo/table-deltas.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import { databaseOf } from './status.ts';
import type { Verb } from './verb.ts';
import type { Workspace } from './workspace.ts';
import { resolveSpec, rootsOf, specContext } from './workspace-roots.ts';

export interface DiffResult {
  /** What the two sides are called: a commit spec, `WORKING`, `STAGED`, `HEAD`. */
  readonly from: string;
  readonly to: string;
  readonly fromRoot: RootValue;
  readonly toRoot: RootValue;
  readonly deltas: readonly TableDelta[];
  readonly parts: 'all' | 'schema' | 'data' | 'stat' | 'summary' | 'names';
  readonly format: 'tabular' | 'sql' | 'json';
  readonly limit: number;
  readonly where: string | undefined;
  /** Only tables, and rows of tables that are on both sides, which changed in this way. */
  readonly filter: TableDelta['kind'] | undefined;
  /** Only the key, the columns that changed, and the included ones. */
  readonly skinny: boolean;
  readonly includedColumns: readonly string[];
  /** The database's name, where its collation is shown, too. */
  readonly database: string | undefined;
  /** Views and the like are shown, too: as what they are, not as rows of `dolt_schemas`. */
  readonly views: boolean;
  readonly mode: 'row' | 'line' | 'in-place' | 'context';
}

const FILTERS: Readonly<Record<string, TableDelta['kind']>> = {
  added: 'added',
  modified: 'modified',
  renamed: 'renamed',
  dropped: 'dropped',
  removed: 'dropped',
};

/** Of Dolt's own tables those that hold what a user writes for others to run. */
const SHOWN: ReadonlySet<string> = new Set(['dolt_procedures', 'dolt_tests']);

export const diff: Verb<DiffResult> = {
  name: 'diff',
  summary: 'Diff a table.',
  synopsis: [
    '[options] [<commit>] [<tables>...]',
    '[options] <commit> <commit> [<tables>...]',
    '[options] <commit>..<commit>',
  ],
  positional: [
    ['commit', 'What to compare: a branch, tag, commit, HEAD, STAGED or WORKING.'],
    ['tables', 'Only these tables.'],
  ],
  flags: [
    {
      name: 'data',
      short: 'd',
      help: 'Show only the data changes, do not show the schema changes (Both shown by default).',
    },
    {
      name: 'schema',
      short: 's',
      help: 'Show only the schema changes, do not show the data changes (Both shown by default).',
    },
    { name: 'stat', help: 'Show stats of data changes' },
    { name: 'summary', help: 'Show summary of data and schema changes' },
    { name: 'name-only', help: 'Only shows table names.' },
    {
      name: 'result-format',
      short: 'r',
      value: 'result output format',
      help: 'How to format diff output. Valid values are tabular, sql, json. Defaults to tabular.',
    },
    {
      name: 'where',
      value: 'condition',
      help: 'Shows only the rows that the condition holds for, such as "to_price > from_price" or "diff_type = \'added\'".',
    },
    { name: 'limit', value: 'record_count', help: 'limits to the first N diffs.' },
    {
      name: 'filter',
      value: 'diff_type',
      help: 'filters results based on the type of change (added, modified, renamed, dropped).',
    },
    { name: 'staged', help: 'Show only the staged data changes.' },
    { name: 'cached', short: 'c', help: 'Synonym for --staged' },
    { name: 'skinny', short: 'sk', help: 'Shows only primary key columns and any columns with data changes.' },
    {
      name: 'include-cols',
      short: 'ic',
      value: 'columns',
      list: true,
      help: 'With --skinny: columns to show even where they did not change.',
    },
    {
      name: 'merge-base',
      help: 'Uses merge base of the first commit and second commit (or HEAD if not supplied) as the first commit',
    },
    {
      name: 'diff-mode',
      value: 'diff mode',
      help: 'Determines how to display modified rows with tabular output. Valid values are row, line, in-place, context. Defaults to context.',
    },
    { name: 'reverse', short: 'R', help: 'Reverses the direction of the diff.' },
    { name: 'system', help: 'Show system tables, such as dolt_ignore, in addition to user tables' },
  ],
  // biome-ignore lint/correctness/useYield: it only reads
  *run(workspace, args) {
    const parsed = parseArguments(diff, args);
    const parts = partsOf(parsed);
    const format = oneOf(parsed, 'result-format', ['tabular', 'sql', 'json'], 'invalid output format: ');
    const formats = parts === 'stat' ? ['tabular', 'json'] : ['summary', 'names'].includes(parts) ? ['tabular'] : [];
    if (formats.length > 0 && !formats.includes(format)) {
      throw new UsageError(`invalid output format: ${format}. It is only for schema and data changes`);
    }
    const { from, to, tables } = sidesOf(workspace, parsed);
    const [left, right] = parsed.has('reverse') ? [to, from] : [from, to];
    const fromRoot = rootNamed(workspace, left);
    const toRoot = rootNamed(workspace, right);
    return {
      from: left,
      to: right,
      fromRoot,
      toRoot,
      deltas: deltasOf(fromRoot, toRoot, tables, parsed, ignoredIn(workspace, left, right)),
      parts,
      format,
      mode: oneOf(parsed, 'diff-mode', ['context', 'row', 'line', 'in-place'], 'invalid diff mode: '),
      limit: limitOf(parsed),
      where: parsed.value('where'),
      filter: filterOf(parsed),
      skinny: parsed.has('skinny'),
      database: tables.length === 0 ? databaseOf(workspace) : undefined,
      views: tables.length === 0,
      includedColumns: parsed.value('include-cols')?.split(',') ?? [],
    };
  },
};

interface Sides {
  readonly from: string;
  readonly to: string;
  readonly tables: readonly string[];
}

function sidesOf(workspace: Workspace, parsed: ParsedArguments): Sides {
  const { positional, separator } = parsed;
  const isCached = parsed.has('staged') || parsed.has('cached');
  const [from, to] = isCached ? ['HEAD', 'STAGED'] : ['STAGED', 'WORKING'];
  const [first, second] = positional;
  const useBase = parsed.has('merge-base');
  const noRevision = (): Sides => {
    if (useBase) throw new UsageError('Must supply at least one revision when using --merge-base flag');
    return { from, to, tables: positional };
  };
  if (first === undefined || separator === 0) return noRevision();
  const [, left = '', dots, right = ''] = /^(.*?)(\.{2,3})(.*)$/.exec(first) ?? [];
  if (dots !== undefined) {
    if (useBase) throw new UsageError('Cannot use `..` or `...` with --merge-base flag');
    const sides = { from: left || 'HEAD', to: right || 'HEAD', tables: positional.slice(1) };
    return dots === '..' ? sides : { ...sides, from: baseOf(workspace, sides.from, sides.to) };
  }
  if (!isRevision(workspace, first)) return noRevision();
  if (second === undefined || separator === 1 || !isRevision(workspace, second)) {
    return { from: useBase ? baseOf(workspace, first, 'HEAD') : first, to, tables: positional.slice(1) };
  }
  return { from: useBase ? baseOf(workspace, first, second) : first, to: second, tables: positional.slice(2) };
}

function isRevision(workspace: Workspace, text: string): boolean {
  return isRootName(text) || tryResolveCommit(specContext(workspace), text) !== undefined;
}

const isRootName = (text: string): boolean => /^(working|staged)$/i.test(text);

function baseOf(workspace: Workspace, a: string, b: string): string {
  const base = mergeBase(workspace.repository.nodes, resolveSpec(workspace, a), resolveSpec(workspace, b));
  if (base === undefined) throw new DoltError('notFound', `${a} and ${b} have no common ancestor`);
  return base;
}

/** The root that `WORKING`, `STAGED` or a commit spec names. */
export function rootNamed(workspace: Workspace, name: string): RootValue {
  if (isRootName(name)) return workspace.workingSet()[name.toLowerCase() as 'working' | 'staged'];
  return workspace.repository.rootOfCommit(resolveSpec(workspace, name));
}

/** Tables are ignored as long as they are not committed: between commits nothing is. */
function ignoredIn(workspace: Workspace, from: string, to: string): readonly IgnorePattern[] {
  return isRootName(from) || isRootName(to) ? ignorePatterns(rootsOf(workspace).working) : [];
}

function deltasOf(
  fromRoot: RootValue,
  toRoot: RootValue,
  tables: readonly string[],
  parsed: ParsedArguments,
  patterns: readonly IgnorePattern[],
): TableDelta[] {
  for (const name of tables) {
    if (fromRoot.resolveTableName(name) === undefined && toRoot.resolveTableName(name) === undefined) {
      throw new DoltError('notFound', `table ${name} does not exist in either revision`);
    }
  }
  const wanted = new Set(tables.map((name) => name.toLowerCase()));
  // Views are not shown as the rows that hold them.
  const isHidden = (name: string): boolean => {
    if (name === 'dolt_schemas') return partsOf(parsed) !== 'summary';
    return name.startsWith('dolt_') && !SHOWN.has(name) && !parsed.has('system');
  };
  const isWanted = ({ fromName, toName }: TableDelta): boolean =>
    (wanted.size === 0 && !isHidden((toName ?? fromName)!)) ||
    [fromName, toName].some((name) => name !== undefined && wanted.has(name.toLowerCase()));
  const kind = filterOf(parsed);
  const showsRows = ['all', 'data'].includes(partsOf(parsed));
  const isShown = (delta: TableDelta): boolean => {
    const comesOrGoes = delta.kind === 'added' || delta.kind === 'dropped';
    const isKind = kind === undefined || delta.kind === kind;
    // Rows come and go in tables that stay.
    if (!isKind && (comesOrGoes || !showsRows || kind === 'renamed')) return false;
    return isVisible(delta) && !(comesOrGoes && wanted.size === 0 && isIgnored(patterns, currentName(delta)));
  };
  return tableDeltas(fromRoot, toRoot)
    .filter((delta) => isWanted(delta) && isShown(delta))
    .sort((a, b) => (currentName(a) < currentName(b) ? -1 : 1));
}

function filterOf(parsed: ParsedArguments): TableDelta['kind'] | undefined {
  const text = parsed.value('filter');
  if (text === undefined) return undefined;
  const kind = FILTERS[text.toLowerCase()];
  if (kind) return kind;
  throw new UsageError(`invalid filter: ${text}. Valid values are: added, modified, renamed, dropped (or removed)`);
}

function partsOf(parsed: ParsedArguments): DiffResult['parts'] {
  const has = (...names: string[]): boolean => names.some((name) => parsed.has(name));
  if (has('stat', 'summary') && has('schema', 'data')) {
    throw new UsageError('invalid Arguments: --stat and --summary cannot be combined with --schema or --data');
  }
  if (has('name-only') && has('schema', 'data', 'stat', 'summary')) {
    throw new UsageError(
      'invalid Arguments: --name-only cannot be combined with --schema, --data, --stat, or --summary',
    );
  }
  if (has('data') !== has('schema')) return has('data') ? 'data' : 'schema';
  if (has('stat')) return 'stat';
  if (has('summary')) return 'summary';
  return has('name-only') ? 'names' : 'all';
}

function limitOf(parsed: ParsedArguments): number {
  const text = parsed.value('limit');
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0) throw new UsageError(`error: invalid --limit ${text}: not a number`);
  return limit;
}

function oneOf<const T extends string>(
  parsed: ParsedArguments,
  flag: string,
  allowed: readonly [T, ...T[]],
  error: string,
): T {
  const text = parsed.value(flag)?.toLowerCase() ?? allowed[0];
  const found = allowed.find((word) => word === text);
  if (found === undefined) throw new UsageError(error + parsed.value(flag));
  return found;
}
