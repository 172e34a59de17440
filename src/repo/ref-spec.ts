/**
 * How users name commits: `HEAD`, a commit's address, a branch, tag or tracking ref (`main`, `heads/main`,
 * `origin/main`, `remotes/origin/main`, `refs/…`), each followed by any number of `~n` (n-th first parent) and `^n`
 * (n-th parent).
 */
import { type Address, parseAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { GhostCommitError } from '../chunks/ghosts.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { readTag } from '../serial/tag.ts';
import { readCommit } from './commit.ts';
import { isValidRefName } from './ref-names.ts';
import { type RefName, type Refs, TAGS } from './refs.ts';
import { BranchNotFoundError, InvalidRefSpecError } from './repo-errors.ts';

/** Steps to parents: 0 is the first parent. */
export interface CommitSpec {
  readonly base: string;
  readonly steps: readonly number[];
}

export function parseCommitSpec(text: string): CommitSpec {
  const trimmed = text.trim();
  const match = /^([^~^]*)(.*)$/s.exec(trimmed)!;
  const steps: number[] = [];
  for (const [, operator, digits] of ancestorSteps(trimmed, match[2]!)) {
    const count = digits === '' ? 1 : Number(digits);
    if (operator === '~') for (let i = 0; i < count; i++) steps.push(0);
    else if (count === 1 || count === 2) steps.push(count - 1);
    else throw new InvalidRefSpecError(text, 'invalid ancestor spec');
  }
  const base = match[1]!;
  if (!isValidRefName(base)) throw new InvalidRefSpecError(text, 'string is not a valid branch or hash');
  return { base, steps };
}

function ancestorSteps(spec: string, suffix: string): RegExpExecArray[] {
  if (!/^([~^]\d*)*$/.test(suffix)) throw new InvalidRefSpecError(spec, `Invalid HEAD spec: ${suffix}`);
  return [...suffix.matchAll(/([~^])(\d*)/g)];
}

/** What a spec is resolved against. */
export interface SpecContext {
  readonly nodes: NodeStore;
  readonly refs: Refs;
  /** The commit that `HEAD` is; undefined when there is none to speak of. */
  readonly head: Address | undefined;
}

/** The commit that `spec` names. Throws `notFound` or `invalid`, and `GhostCommitError` where a shallow clone has it not. */
export function resolveCommit(context: SpecContext, spec: string): Address {
  const { base, steps } = parseCommitSpec(spec);
  let address = resolveBase(context, base);
  for (const step of steps) {
    const parent = readCommit(context.nodes, address).parents[step];
    if (parent === undefined) throw new InvalidRefSpecError(spec, 'invalid ancestor spec');
    address = parent;
  }
  if (context.nodes.chunks.isGhost(address)) throw new GhostCommitError(address);
  return address;
}

/** The commit that `spec` names, or undefined where it names none. Throws `GhostCommitError`. */
export function tryResolveCommit(context: SpecContext, spec: string): Address | undefined {
  try {
    return resolveCommit(context, spec);
  } catch (error) {
    if (error instanceof GhostCommitError) throw error;
    if (error instanceof DoltError && (error.kind === 'notFound' || error.kind === 'invalid')) return undefined;
    throw error;
  }
}

function resolveBase({ nodes, refs, head }: SpecContext, base: string): Address {
  if (base.toUpperCase() === 'HEAD') {
    if (head === undefined) throw new DoltError('invalid', 'there is no HEAD here: name a branch, a tag or a commit');
    return head;
  }
  const address = parseAddress(base);
  if (address !== undefined) {
    return readCommit(nodes, address).address;
  }
  const name = findRef(refs, base);
  if (name === undefined) throw new BranchNotFoundError(base);
  return commitOfRef(nodes, refs, name);
}

/** The full name of the ref that `text` names, by Dolt's order: exact, then `refs/`, heads, tags, remotes. */
export function findRef(refs: Pick<Refs, 'get'>, text: string): RefName | undefined {
  const candidates = ['refs/', 'refs/heads/', 'refs/tags/', 'refs/remotes/'].map((prefix) => prefix + text);
  if (text.startsWith('refs/')) candidates.unshift(text);
  return candidates.find((name) => refs.get(name) !== undefined);
}

/** The commit a ref leads to: its value, or what its tag points at. */
export function commitOfRef(nodes: NodeStore, refs: Refs, name: RefName): Address {
  const value = refs.get(name);
  if (value === undefined) throw new BranchNotFoundError(name);
  return name.startsWith(TAGS) ? readTag(nodes.readMessage(value)).commit : value;
}
