/** `tag`: names a commit, lists the names, deletes them. */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { RefIntent } from '../repo/commit-hook.ts';
import { isValidTagName } from '../repo/ref-names.ts';
import { tagRef } from '../repo/refs.ts';
import { listTags, type Tag, writeTag } from '../repo/tags.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { parseAuthor } from './author.ts';
import { authorFlag } from './commit.ts';
import type { Verb } from './verb.ts';
import { resolveSpec } from './workspace-roots.ts';

export type TagResult =
  | { readonly kind: 'list'; readonly tags: readonly Tag[]; readonly verbose: boolean }
  | { readonly kind: 'created'; readonly name: string; readonly commit: Address }
  | { readonly kind: 'deleted'; readonly names: readonly string[] };

export const tag: Verb<TagResult> = {
  name: 'tag',
  summary: 'Create, list, delete tags.',
  synopsis: ['[-v]', '[-m <message>] <tagname> [<ref>]', '-d <tagname>'],
  positional: [['ref', 'A commit ref that the tag should point at.']],
  flags: [
    { name: 'message', short: 'm', value: 'msg', help: 'Use the given <msg> as the tag message.' },
    { name: 'verbose', short: 'v', help: 'list tags along with their metadata.' },
    { name: 'delete', short: 'd', help: 'Delete a tag.' },
    authorFlag,
  ],
  *run(workspace, args) {
    const parsed = parseArguments(tag, args);
    const { positional } = parsed;
    const refs = workspace.refs();
    const { nodes } = workspace.repository;
    if (positional.length === 0 || parsed.has('verbose')) {
      if (parsed.has('delete')) throw new UsageError('specify a tag to delete');
      if (parsed.has('message') || parsed.has('author')) throw new UsageError('specify a tag to create');
      return { kind: 'list', tags: listTags(nodes, refs), verbose: parsed.has('verbose') };
    }
    if (parsed.has('delete')) {
      if (parsed.has('message')) throw new UsageError('delete and tag message options are incompatible');
      const intents = positional.map((name): RefIntent => {
        const old = refs.get(tagRef(name));
        if (old === undefined) throw new DoltError('notFound', `tag not found: ${name}`);
        return { ref: tagRef(name), old, new: undefined, forced: true };
      });
      yield* workspace.updateHeads({ refs: intents }, 'tag');
      return { kind: 'deleted', names: positional };
    }
    const [name = '', spec = 'HEAD', ...more] = positional;
    if (more.length > 0) throw new UsageError('create tag takes at most two args');
    if (refs.get(tagRef(name)) !== undefined)
      throw new DoltError('conflict', `fatal: A tag named '${name}' already exists.`);
    if (!isValidTagName(name)) throw new DoltError('invalid', `fatal: '${name}' is an invalid tag name.`);
    const commit = resolveSpec(workspace, spec);
    const author = parsed.value('author');
    const signature = workspace.signature();
    const tagger = author === undefined ? signature.committer : parseAuthor(author);
    const now = workspace.now();
    const value = writeTag(nodes, {
      commit,
      tagger,
      message: parsed.value('message') ?? '',
      date: now,
      taggerDate: now,
    });
    yield* workspace.updateHeads({ refs: [{ ref: tagRef(name), old: undefined, new: value, forced: false }] }, 'tag');
    return { kind: 'created', name, commit };
  },
};
