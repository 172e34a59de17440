/** `dolt_log('main', '--parents', …)`: the log of revisions, with ranges (`a..b`, `^a`), merges only, of some tables. */
import type { Address } from '../../../base/address.ts';
import { type Commit, readCommit } from '../../../repo/commit.ts';
import { walkLog } from '../../../repo/log-walk.ts';
import { mergeBase } from '../../../repo/merge-base.ts';
import { parseArguments } from '../../../verbs/arguments.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
import { decorationText, LOG_COLUMNS, logRow, refsByCommit } from '../system-tables/log.ts';
import type { DoltTableFunction } from './list.ts';

const RULES = {
  name: 'dolt_log',
  flags: [
    { name: 'min-parents', value: 'n', help: 'Commits with at least so many parents.' },
    { name: 'merges', help: 'Merge commits only.' },
    { name: 'parents', help: 'Shows the parents.' },
    { name: 'decorate', value: 'mode', help: 'short, full, auto or no.' },
    { name: 'not', value: 'revision', list: true, help: 'Leaves out what the revisions lead to.' },
    { name: 'tables', short: 't', value: 'tables', help: 'Commits that changed one of these tables.' },
    { name: 'show-signature', help: 'Shows what gpg says of signatures.' },
    { name: 'number', short: 'n', value: 'n', help: 'So many commits at most.' },
  ],
};

const SIGNATURE = LOG_COLUMNS.findIndex(({ name }) => name === 'signature');

export const tableFunction: DoltTableFunction = {
  open(args, { session }) {
    const view = session.view(session.handle());
    const parsed = parseArguments(RULES, args.map(String));
    const { heads, excluded } = revisions(view, parsed.positional, parsed.value('not'));
    const least = Math.max(Number(parsed.value('min-parents') ?? 0), parsed.has('merges') ? 2 : 0);
    const tables = parsed
      .value('tables')
      ?.split(',')
      .map((name) => name.trim());
    const decorate = parsed.value('decorate') ?? 'auto';
    const most = Number(parsed.value('number') ?? Number.POSITIVE_INFINITY);
    return {
      kind: 'virtual',
      database: view.name,
      name: 'dolt_log',
      columns: LOG_COLUMNS,
      *rows({ used }) {
        const { nodes, environment } = view.repository;
        const { gpg } = environment;
        const names =
          used[7] && decorate !== 'no'
            ? refsByCommit(nodes, view.refs, decorate === 'full')
            : new Map<Address, string[]>();
        let left = most;
        for (const commit of walkLog(nodes, heads, excluded)) {
          if (commit.parents.length < least || (tables && !touches(view, commit, tables))) continue;
          if (left-- <= 0) return;
          const refs = decorate === 'no' ? '' : decorationText(commit.address, names, view);
          const parents = parsed.has('parents') ? commit.parents.join(', ') : null;
          let signature = parsed.has('show-signature') ? commit.signature : null;
          if (signature && used[SIGNATURE] && gpg !== undefined) {
            const verifying = gpg.verify(signature).then((text) => {
              signature = text;
            });
            yield { until: verifying };
          }
          yield logRow(commit, refs, parents, signature);
        }
      },
    };
  },
};

function revisions(view: DatabaseView, specs: readonly string[], not: string | undefined) {
  const heads: Address[] = [];
  const excluded: Address[] = (not ?? '').split(',').filter(Boolean).map(view.resolveCommit);
  for (const spec of specs) {
    const range = /^(.*?)(\.\.\.?)(.*)$/.exec(spec);
    if (spec.startsWith('^')) excluded.push(view.resolveCommit(spec.slice(1)));
    else if (range) {
      const [from, to] = [range[1]!, range[3]!].map((name) => view.resolveCommit(name === '' ? 'HEAD' : name)) as [
        Address,
        Address,
      ];
      heads.push(to);
      if (range[2] === '..') excluded.push(from);
      else {
        heads.push(from);
        const base = mergeBase(view.repository.nodes, from, to);
        if (base !== undefined) excluded.push(base);
      }
    } else heads.push(view.resolveCommit(spec));
  }
  return { heads: heads.length > 0 ? heads : [view.head], excluded };
}

function touches(view: DatabaseView, commit: Commit, tables: readonly string[]): boolean {
  const { repository } = view;
  const root = repository.root(commit.root);
  const [parent] = commit.parents;
  const before = parent === undefined ? undefined : repository.root(readCommit(repository.nodes, parent).root);
  return tables.some((name) => root.tableAddress(name) !== before?.tableAddress(name));
}
