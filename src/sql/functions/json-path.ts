/** JSON paths: `$.a."b c"[0][last-1][1 to 3].*[*]**` (MySQL manual, "Searching and Modifying JSON Values"). */
import type { JsonValue } from '../types/json-value.ts';
import { invalidJsonPath } from '../types/sql-error.ts';

export type PathLeg =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'anyMember' }
  /** From the end when `fromLast`: `last` is 0, `last-1` is 1. */
  | { readonly kind: 'cell'; readonly index: number; readonly fromLast: boolean }
  | { readonly kind: 'range'; readonly from: Bound; readonly to: Bound }
  | { readonly kind: 'anyCell' }
  | { readonly kind: 'descent' };
export interface Bound {
  readonly index: number;
  readonly fromLast: boolean;
}

export interface JsonPath {
  readonly legs: readonly PathLeg[];
  /** May match more than one value. */
  readonly isMultiple: boolean;
}

const IDENTIFIER = /^[\p{L}_$][\p{L}\p{N}_$]*/u;

class PathParser {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }

  #fail(): never {
    throw invalidJsonPath(this.#at + 1);
  }
  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }
  #take(text: string): boolean {
    this.#blanks();
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  parse(): JsonPath {
    if (!this.#take('$')) this.#fail();
    const legs: PathLeg[] = [];
    for (;;) {
      this.#blanks();
      if (this.#at >= this.#text.length) break;
      if (this.#take('**')) legs.push({ kind: 'descent' });
      else if (this.#take('.')) legs.push(this.#member());
      else if (this.#take('[')) legs.push(this.#cell());
      else this.#fail();
    }
    if (legs[legs.length - 1]?.kind === 'descent') this.#fail();
    const isMultiple = legs.some((leg) => leg.kind !== 'member' && leg.kind !== 'cell');
    return { legs, isMultiple };
  }

  #member(): PathLeg {
    if (this.#take('*')) return { kind: 'anyMember' };
    this.#blanks();
    if (this.#text[this.#at] === '"') {
      const quoted = /^"(?:[^"\\]|\\.)*"/.exec(this.#text.slice(this.#at));
      if (quoted === null) this.#fail();
      this.#at += quoted[0].length;
      try {
        return { kind: 'member', name: JSON.parse(quoted[0]) as string };
      } catch {
        return this.#fail();
      }
    }
    const name = IDENTIFIER.exec(this.#text.slice(this.#at));
    if (name === null) this.#fail();
    this.#at += name[0].length;
    return { kind: 'member', name: name[0] };
  }

  #bound(): Bound {
    this.#blanks();
    const last = this.#take('last');
    if (last && !this.#take('-')) return { index: 0, fromLast: true };
    this.#blanks();
    const digits = /^\d+/.exec(this.#text.slice(this.#at));
    if (digits === null) this.#fail();
    this.#at += digits[0].length;
    return { index: Number(digits[0]), fromLast: last };
  }

  #cell(): PathLeg {
    if (this.#take('*')) {
      if (!this.#take(']')) this.#fail();
      return { kind: 'anyCell' };
    }
    const from = this.#bound();
    if (this.#take('to')) {
      const to = this.#bound();
      if (!this.#take(']')) this.#fail();
      return { kind: 'range', from, to };
    }
    if (!this.#take(']')) this.#fail();
    return { kind: 'cell', ...from };
  }
}

const parsed = new Map<string, JsonPath>();

/** Throws ER_INVALID_JSON_PATH. */
export function parsePath(text: string): JsonPath {
  let path = parsed.get(text);
  if (path === undefined) {
    path = new PathParser(text).parse();
    if (parsed.size < 1000) parsed.set(text, path);
  }
  return path;
}

export function position(bound: Bound, length: number): number {
  return bound.fromLast ? length - 1 - bound.index : bound.index;
}

/** Calls `found` with every match, and with the path that leads to it. A value that is no array is its own cell 0. */
export function walkPath(
  value: JsonValue,
  legs: readonly PathLeg[],
  found: (value: JsonValue, path: string) => void,
  path = '$',
): void {
  const [leg, ...rest] = legs;
  if (leg === undefined) {
    found(value, path);
    return;
  }
  const member = (name: string) => memberPath(path, name);
  switch (leg.kind) {
    case 'member':
      if (value instanceof Map && value.has(leg.name)) walkPath(value.get(leg.name)!, rest, found, member(leg.name));
      return;
    case 'anyMember':
      if (value instanceof Map) for (const [name, inner] of value) walkPath(inner, rest, found, member(name));
      return;
    case 'cell': {
      if (!Array.isArray(value)) {
        if (leg.index === 0) walkPath(value, rest, found, path);
        return;
      }
      const at = position(leg, value.length);
      if (at >= 0 && at < value.length) walkPath(value[at]!, rest, found, `${path}[${at}]`);
      return;
    }
    case 'anyCell':
    case 'range': {
      if (!Array.isArray(value)) {
        if (leg.kind === 'range' && position(leg.from, 1) <= 0 && position(leg.to, 1) >= 0)
          walkPath(value, rest, found, path);
        return;
      }
      const from = leg.kind === 'range' ? Math.max(0, position(leg.from, value.length)) : 0;
      const to = leg.kind === 'range' ? Math.min(value.length - 1, position(leg.to, value.length)) : value.length - 1;
      for (let at = from; at <= to; at++) walkPath(value[at]!, rest, found, `${path}[${at}]`);
      return;
    }
    case 'descent': {
      walkPath(value, rest, found, path);
      if (Array.isArray(value)) {
        for (const [at, inner] of value.entries()) walkPath(inner, legs, found, `${path}[${at}]`);
      } else if (value instanceof Map) for (const [name, inner] of value) walkPath(inner, legs, found, member(name));
      return;
    }
  }
}

/** The path of a member: quoted, where its name is no identifier. */
export function memberPath(path: string, name: string): string {
  return `${path}.${IDENTIFIER.exec(name)?.[0] === name ? name : JSON.stringify(name)}`;
}

export function matches(value: JsonValue, path: JsonPath): JsonValue[] {
  const all: JsonValue[] = [];
  walkPath(value, path.legs, (match) => all.push(match));
  return all;
}
