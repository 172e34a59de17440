/**
 * Refspecs as `fetch` and `push` take them: which refs of one side become which of the other. `main`, `a:b`,
 * `refs/heads/*:refs/remotes/origin/*`, `+…` for "even when it is no fast-forward"; `:name` deletes (push only).
 */
import { isValidRefName } from '../repo/ref-names.ts';
import { HEADS, REMOTES, type RefName, TAGS, trackingRef } from '../repo/refs.ts';
import { InvalidRefSpecError } from '../repo/repo-errors.ts';

export interface FetchSpec {
  readonly text: string;
  readonly forced: boolean;
  /** The local ref that a ref of the remote becomes; undefined where the spec does not speak of it. */
  localRef(remoteRef: RefName): RefName | undefined;
}

/** Throws `InvalidRefSpecError`. */
export function parseFetchSpec(text: string, remote: string): FetchSpec {
  const forced = text.startsWith('+');
  const bare = forced ? text.slice(1) : text;
  const [source = '', target, more] = bare.split(':');
  if (more !== undefined || source === '') throw invalid(text);
  const from = fullBranch(source);
  const to = target === undefined ? defaultTarget(from, remote) : fullTarget(target);
  const wildcards = [from, to].map((name) => name.split('*').length - 1);
  if (wildcards[0] !== wildcards[1] || wildcards[0]! > 1) throw invalid(text);
  if (!isValidRefName(from.replace('*', 'x')) || !isValidRefName(to.replace('*', 'x'))) throw invalid(text);
  if (wildcards[0] === 0) return { text, forced, localRef: (ref) => (ref === from ? to : undefined) };
  const [head = '', tail = ''] = from.split('*');
  return {
    text,
    forced,
    localRef(ref) {
      if (!ref.startsWith(head) || !ref.endsWith(tail) || ref.length <= head.length + tail.length) return undefined;
      return to.replace('*', () => ref.slice(head.length, ref.length - tail.length));
    },
  };
}

function defaultTarget(from: RefName, remote: string): RefName {
  return from.startsWith(TAGS) ? from : trackingRef(remote, from.slice(HEADS.length));
}

function fullBranch(name: string): RefName {
  if (name.startsWith('refs/')) return name;
  return name.startsWith('heads/') || name.startsWith('tags/') ? `refs/${name}` : HEADS + name;
}

function fullTarget(name: string): RefName {
  if (name.startsWith('refs/')) return name;
  return name.startsWith('remotes/') ? `refs/${name}` : REMOTES + name;
}

export interface PushSpec {
  readonly text: string;
  readonly forced: boolean;
  /** What to push: a branch or tag by full name; undefined deletes the target. */
  readonly source: RefName | undefined;
  readonly target: RefName;
}

/** `resolve` finds the full local name of what a user calls a branch or a tag. Throws `InvalidRefSpecError`. */
export function parsePushSpec(text: string, resolve: (name: string) => RefName | undefined): PushSpec {
  const forced = text.startsWith('+');
  const bare = forced ? text.slice(1) : text;
  const [name = '', target, more] = bare.split(':');
  if (more !== undefined || (name === '' && !target)) throw invalid(text);
  if (name === '') {
    const deleted = fullBranch(target!);
    if (!isValidRefName(deleted)) throw invalid(text);
    return { text, forced, source: undefined, target: deleted };
  }
  const source = resolve(name);
  if (source === undefined) throw new InvalidRefSpecError(text, `refspec not found: '${text}'`);
  const to = target === undefined ? source : target.startsWith('refs/') ? target : sameKind(source) + target;
  if (!isValidRefName(to) || to.startsWith(TAGS) !== source.startsWith(TAGS)) throw invalid(text);
  return { text, forced, source, target: to };
}

function sameKind(ref: RefName): string {
  return ref.startsWith(TAGS) ? TAGS : HEADS;
}

function invalid(text: string): InvalidRefSpecError {
  return new InvalidRefSpecError(text, `invalid ref spec: '${text}'`);
}
