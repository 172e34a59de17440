/**
 * Who there is and who may do what: users with passwords, tokens and public keys; rights of users in one repository, or in
 * all of an owner; which repositories everybody may read. A value that is never changed: an edit makes another one.
 *
 * Rights are in order: an owner may do what a writer may, a writer what a reader may. Everybody owns the name that is theirs:
 * `ada` the repositories `ada/…`. Who owns an owner's name makes repositories there, by the first push. A right in `*` is one
 * in all there is: its owners administer the hub's repositories.
 */
import { DoltError } from '../../base/errors.ts';
import {
  isValidOwner,
  NAME_RULE,
  ownerOf,
  parseRepositoryName,
  type RepositoryName,
} from '../storage/repository-name.ts';
import { isPasswordHash, type PasswordHash } from './passwords.ts';

export const RIGHTS = ['reader', 'writer', 'owner'] as const;
export type Right = (typeof RIGHTS)[number];

/** In the place of an owner: all of them, now and later. */
const EVERY_OWNER = '*';

export interface KeptToken {
  readonly id: string;
  /** What its user calls it. */
  readonly name: string;
  readonly hash: string;
  /** Milliseconds since 1970 UTC. */
  readonly created: number;
  readonly expires?: number | undefined;
}

/** Of `dolt creds`. */
export interface KeptKey {
  /** As `dolt creds ls -v` shows it. */
  readonly id: string;
  readonly publicKey: string;
  readonly created: number;
  /** The id of the token by which its user added it, if it was one: it goes when that goes. */
  readonly token?: string | undefined;
}

export interface User {
  /** Without one, only tokens and keys let them in. */
  readonly password?: PasswordHash | undefined;
  readonly tokens: readonly KeptToken[];
  readonly keys: readonly KeptKey[];
}

type RightsByUser = ReadonlyMap<string, Right>;

interface RepositoryRules {
  readonly isPublic: boolean;
  readonly rights: RightsByUser;
}

const NO_RIGHTS: RightsByUser = new Map();
const PRIVATE: RepositoryRules = { isPublic: false, rights: NO_RIGHTS };

interface Content {
  readonly users: ReadonlyMap<string, User>;
  readonly owners: ReadonlyMap<string, RightsByUser>;
  readonly repositories: ReadonlyMap<RepositoryName, RepositoryRules>;
}

/** Who has which right where: `acme/shop`, `acme` or `*`. */
export interface Grant {
  readonly user: string;
  readonly right: Right;
  readonly place: string;
}

export class Accounts {
  static readonly none = new Accounts({ users: new Map(), owners: new Map(), repositories: new Map() });
  readonly #content: Content;
  readonly #ofToken = new Map<string, string>();
  readonly #ofKey = new Map<string, string>();

  private constructor(content: Content) {
    this.#content = content;
    for (const [name, { tokens, keys }] of content.users) {
      for (const { id } of tokens) this.#ofToken.set(id, name);
      for (const { id } of keys) this.#ofKey.set(id, name);
    }
  }

  // --- asking

  get users(): ReadonlyMap<string, User> {
    return this.#content.users;
  }

  user(name: string): User | undefined {
    return this.#content.users.get(name);
  }

  token(id: string): { readonly user: string; readonly token: KeptToken } | undefined {
    const user = this.#ofToken.get(id);
    const token = user === undefined ? undefined : this.user(user)?.tokens.find((each) => each.id === id);
    return user === undefined || token === undefined ? undefined : { user, token };
  }

  key(id: string): { readonly user: string; readonly key: KeptKey } | undefined {
    const user = this.#ofKey.get(id);
    const key = user === undefined ? undefined : this.user(user)?.keys.find((each) => each.id === id);
    return user === undefined || key === undefined ? undefined : { user, key };
  }

  isPublic(name: RepositoryName): boolean {
    return this.#rules(name).isPublic;
  }

  /** What somebody, or nobody in particular, may do in a repository, be it there or not. */
  rightIn(name: RepositoryName, user: string | undefined): Right | undefined {
    const { isPublic, rights } = this.#rules(name);
    const everybodys: Right | undefined = isPublic ? 'reader' : undefined;
    if (user === undefined || !this.#content.users.has(user)) return everybodys;
    return higher(everybodys, higher(rights.get(user), this.#rightOf(ownerOf(name), user)));
  }

  /** May they make repositories of this owner? */
  mayCreate(owner: string, user: string | undefined): boolean {
    return user !== undefined && this.#content.users.has(user) && this.#rightOf(owner, user) === 'owner';
  }

  grants(): readonly Grant[] {
    const { owners, repositories } = this.#content;
    const places: (readonly [string, RightsByUser])[] = [...owners];
    for (const [name, { rights }] of repositories) places.push([name, rights]);
    return grantsIn(places);
  }

  /** Rights that hold in a repository, from where each holds: it, its owner, all owners. */
  grantsFor(name: RepositoryName): readonly Grant[] {
    const { users, owners } = this.#content;
    const owner = ownerOf(name);
    const places: (readonly [string, RightsByUser])[] = [[name, this.#rules(name).rights]];
    if (users.has(owner)) places.push([owner, new Map([[owner, 'owner']])]);
    for (const place of [owner, EVERY_OWNER]) places.push([place, owners.get(place) ?? NO_RIGHTS]);
    return grantsIn(places);
  }

  // --- edits

  /** Throws `conflict` for a user that is there, `invalid` for a name that may not be. */
  withUser(name: string, password: PasswordHash | undefined): Accounts {
    if (!isValidOwner(name)) throw new DoltError('invalid', `'${name}' is no name for a user: ${NAME_RULE}`);
    // Where a disk does not tell letters apart, neither do names: they are folders.
    const taken = [...this.#content.users.keys()].find((each) => each.toLowerCase() === name.toLowerCase());
    if (taken !== undefined) throw new DoltError('conflict', `there is a user '${taken}' already`);
    return this.#withUser(name, { password, tokens: [], keys: [] });
  }

  /** With all that they may do; their repositories stay. */
  withoutUser(name: string): Accounts {
    this.mustGet(name);
    const users = new Map(this.#content.users);
    users.delete(name);
    return new Accounts({
      users,
      owners: mapped(this.#content.owners, (rights) => without(rights, name)),
      repositories: mapped(this.#content.repositories, (rules) => ({ ...rules, rights: without(rules.rights, name) })),
    });
  }

  withPassword(name: string, password: PasswordHash | undefined): Accounts {
    return this.#withUser(name, { ...this.mustGet(name), password });
  }

  withToken(name: string, token: KeptToken): Accounts {
    const user = this.mustGet(name);
    return this.#withUser(name, { ...user, tokens: [...user.tokens, token] });
  }

  /** The keys that were added by it go, too. Throws `notFound`. */
  withoutToken(name: string, id: string): Accounts {
    const user = this.mustGet(name);
    const tokens = user.tokens.filter((each) => each.id !== id);
    if (tokens.length === user.tokens.length) throw new DoltError('notFound', `${name} has no token ${id}`);
    const keys = user.keys.filter(({ token }) => token !== id);
    return this.#withUser(name, { ...user, tokens, keys });
  }

  /** Throws `conflict` for a key that somebody has. */
  withKey(name: string, key: KeptKey): Accounts {
    const user = this.mustGet(name);
    const holder = this.#ofKey.get(key.id);
    if (holder !== undefined) throw new DoltError('conflict', `the key ${key.id} is ${holder}'s already`);
    return this.#withUser(name, { ...user, keys: [...user.keys, key] });
  }

  /** Throws `notFound`. */
  withoutKey(name: string, id: string): Accounts {
    const user = this.mustGet(name);
    const keys = user.keys.filter((each) => each.id !== id);
    if (keys.length === user.keys.length) throw new DoltError('notFound', `${name} has no key ${id}`);
    return this.#withUser(name, { ...user, keys });
  }

  /** `place`: a repository, an owner or `*`; `right` undefined takes it back. Throws `invalid` and `notFound`. */
  withRight(user: string, place: string, right: Right | undefined): Accounts {
    this.mustGet(user);
    const name = parseRepositoryName(place);
    if (name === undefined && !isPlaceOfOwners(place)) {
      throw new DoltError('invalid', `'${place}' is neither an owner nor an owner/database nor *: ${NAME_RULE}`);
    }
    const rules = name === undefined ? undefined : this.#rules(name);
    const before = rules?.rights ?? this.#content.owners.get(place) ?? NO_RIGHTS;
    if (right === undefined && !before.has(user)) {
      throw new DoltError('notFound', `no right in ${place} was granted to ${user}`);
    }
    const rights = right === undefined ? without(before, user) : new Map(before).set(user, right);
    if (name !== undefined && rules !== undefined) return this.#withRules(name, { ...rules, rights });
    return new Accounts({ ...this.#content, owners: new Map(this.#content.owners).set(place, rights) });
  }

  withPublic(name: RepositoryName, isPublic: boolean): Accounts {
    return this.#withRules(name, { ...this.#rules(name), isPublic });
  }

  /** Forgets what is said of a repository that is gone: another one of its name is private at first. */
  withoutRepository(name: RepositoryName): Accounts {
    const repositories = new Map(this.#content.repositories);
    repositories.delete(name);
    return new Accounts({ ...this.#content, repositories });
  }

  /** Throws `notFound`. */
  mustGet(name: string): User {
    const user = this.user(name);
    if (user === undefined) throw new DoltError('notFound', `there is no user '${name}'`);
    return user;
  }

  #rules(name: RepositoryName): RepositoryRules {
    return this.#content.repositories.get(name) ?? PRIVATE;
  }

  #rightOf(owner: string, user: string): Right | undefined {
    const { owners } = this.#content;
    return owner === user ? 'owner' : higher(owners.get(owner)?.get(user), owners.get(EVERY_OWNER)?.get(user));
  }

  #withUser(name: string, user: User): Accounts {
    return new Accounts({ ...this.#content, users: new Map(this.#content.users).set(name, user) });
  }

  #withRules(name: RepositoryName, rules: RepositoryRules): Accounts {
    return new Accounts({ ...this.#content, repositories: new Map(this.#content.repositories).set(name, rules) });
  }

  // --- as a file

  /** JSON, the same for the same content. */
  text(): string {
    const { users, owners, repositories } = this.#content;
    const file: AccountsFile = {
      version: 1,
      users: record(users, (user) => user),
      owners: record(owners, (rights) => record(rights, (right) => right)),
      repositories: record(repositories, ({ isPublic, rights }) => ({
        public: isPublic,
        rights: record(rights, (right) => right),
      })),
    };
    return `${JSON.stringify(file, undefined, 2)}\n`;
  }

  /** Throws `corrupt` for what `text` has not written. `where` names it. */
  static parse(text: string, where: string): Accounts {
    try {
      return new Accounts(contentOf(JSON.parse(text) as unknown));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DoltError('corrupt', `${where} is damaged: ${reason}; restore it, or remove it and make users again`, {
        cause,
      });
    }
  }
}

interface AccountsFile {
  readonly version: 1;
  readonly users: Readonly<Record<string, User>>;
  readonly owners: Readonly<Record<string, Readonly<Record<string, Right>>>>;
  readonly repositories: Readonly<
    Record<string, { readonly public: boolean; readonly rights: Readonly<Record<string, Right>> }>
  >;
}

const isPlaceOfOwners = (text: string): boolean => text === EVERY_OWNER || isValidOwner(text);

function grantsIn(places: readonly (readonly [string, RightsByUser])[]): readonly Grant[] {
  return places.flatMap(([place, rights]) => Array.from(rights, ([user, right]) => ({ user, right, place })));
}

function higher(a: Right | undefined, b: Right | undefined): Right | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return RIGHTS.indexOf(a) < RIGHTS.indexOf(b) ? b : a;
}

/** Is `right` enough for what needs `needed`? */
export function isEnough(right: Right | undefined, needed: Right): boolean {
  return right !== undefined && RIGHTS.indexOf(right) >= RIGHTS.indexOf(needed);
}

function without(rights: RightsByUser, user: string): RightsByUser {
  const rest = new Map(rights);
  rest.delete(user);
  return rest;
}

function mapped<K, V>(values: ReadonlyMap<K, V>, make: (value: V) => V): ReadonlyMap<K, V> {
  return new Map(Array.from(values, ([key, value]) => [key, make(value)]));
}

function record<V, R>(values: ReadonlyMap<string, V>, make: (value: V) => R): Readonly<Record<string, R>> {
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, make(value)]));
}

// --- reading

function contentOf(file: unknown): Content {
  const { version, users, owners, repositories } = objectOf(file, 'it');
  if (version !== 1) throw new Error(`its version is ${JSON.stringify(version)}, not 1`);
  return {
    users: mapOf(users, 'users', ownerNameOf, userOf),
    owners: mapOf(owners, 'owners', (text) => (isPlaceOfOwners(text) ? text : undefined), rightsOf),
    repositories: mapOf(repositories, 'repositories', nameOf, (rules, where) => {
      const { public: isPublic, rights } = objectOf(rules, where);
      if (typeof isPublic !== 'boolean') throw new Error(`${where}.public is neither true nor false`);
      return { isPublic, rights: rightsOf(rights, where) };
    }),
  };
}

function objectOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${where} is no object`);
}

function mapOf<K extends string, V>(
  value: unknown,
  where: string,
  key: (text: string) => K | undefined,
  inner: (value: unknown, where: string) => V,
): ReadonlyMap<K, V> {
  return new Map(
    Object.entries(objectOf(value, where)).map(([text, each]) => {
      const name = key(text);
      if (name === undefined) throw new Error(`${where} has a name that is none: ${JSON.stringify(text)}`);
      return [name, inner(each, `${where}.${text}`)];
    }),
  );
}

const ownerNameOf = (text: string): string | undefined => (isValidOwner(text) ? text : undefined);
const nameOf = (text: string): RepositoryName | undefined => parseRepositoryName(text);

function rightsOf(value: unknown, where: string): RightsByUser {
  return mapOf(value, where, ownerNameOf, (right) => {
    const known = RIGHTS.find((each) => each === right);
    if (known === undefined) throw new Error(`${where} has a right that is none: ${JSON.stringify(right)}`);
    return known;
  });
}

function userOf(value: unknown, where: string): User {
  const { password, tokens, keys } = objectOf(value, where);
  if (password !== undefined && (typeof password !== 'string' || !isPasswordHash(password))) {
    throw new Error(`${where}.password is no hash of a password`);
  }
  return {
    password,
    tokens: listOf(tokens, `${where}.tokens`, (each, place) => ({
      id: textOf(each, 'id', place),
      name: textOf(each, 'name', place),
      hash: textOf(each, 'hash', place),
      created: timeOf(each, 'created', place),
      ...(each['expires'] === undefined ? {} : { expires: timeOf(each, 'expires', place) }),
    })),
    keys: listOf(keys, `${where}.keys`, (each, place) => ({
      id: textOf(each, 'id', place),
      publicKey: textOf(each, 'publicKey', place),
      created: timeOf(each, 'created', place),
      ...(each['token'] === undefined ? {} : { token: textOf(each, 'token', place) }),
    })),
  };
}

function listOf<V>(
  value: unknown,
  where: string,
  make: (value: Readonly<Record<string, unknown>>, where: string) => V,
): readonly V[] {
  if (!Array.isArray(value)) throw new Error(`${where} is no list`);
  return value.map((each, i) => make(objectOf(each, `${where}[${i}]`), `${where}[${i}]`));
}

function textOf(value: Readonly<Record<string, unknown>>, key: string, where: string): string {
  const text = value[key];
  if (typeof text !== 'string') throw new Error(`${where}.${key} is no text`);
  return text;
}

function timeOf(value: Readonly<Record<string, unknown>>, key: string, where: string): number {
  const time = value[key];
  if (typeof time !== 'number' || !Number.isFinite(time)) throw new Error(`${where}.${key} is no time`);
  return time;
}
