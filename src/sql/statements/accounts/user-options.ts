/**
 * What stands after the users of CREATE USER and ALTER USER: REQUIRE, resource limits, password options, the lock. What
 * would limit somebody and is not kept here is refused; what only asks for what is so anyway gives a warning.
 */
import type { Account } from '../../accounts/account.ts';
import type { Session } from '../../session/session.ts';
import { notSupported } from '../../types/sql-error.ts';

export type AccountChange = Partial<Pick<Account, 'transport' | 'cipher' | 'issuer' | 'subject' | 'isLocked'>>;

/** `words` as they were written. Throws 1235. */
export function accountChange(words: readonly string[], session: Session): AccountChange {
  const reader = new Words(words);
  let change: AccountChange = {};
  while (!reader.isAtEnd) {
    if (reader.accept('ACCOUNT')) change = { ...change, isLocked: reader.expectOne('LOCK', 'UNLOCK') === 'LOCK' };
    else if (reader.accept('REQUIRE')) change = { ...change, ...requirement(reader) };
    else session.warn(ignored(reader));
  }
  return change;
}

function requirement(reader: Words): AccountChange {
  const none = { cipher: '', issuer: '', subject: '' };
  switch (reader.expectOne('NONE', 'SSL', 'X509', 'CIPHER', 'ISSUER', 'SUBJECT')) {
    case 'NONE':
      return { transport: '', ...none };
    case 'SSL':
      return { transport: 'ANY', ...none };
    default:
      throw notSupported('REQUIRE of a client certificate');
  }
}

/** Of these the default is what always holds. */
function ignored(reader: Words) {
  const from = reader.position;
  if (reader.accept('WITH')) {
    do {
      const limit = reader.next();
      if (!/^MAX_(QUERIES|UPDATES|CONNECTIONS)_PER_HOUR$|^MAX_USER_CONNECTIONS$/i.test(limit)) throw unknown(limit);
      if (reader.next() !== '0') throw notSupported(limit.toUpperCase());
    } while (!reader.isAtEnd && reader.sees(/^MAX_/i));
  } else if (reader.accept('PASSWORD')) {
    passwordOption(reader);
  } else if (reader.accept('FAILED_LOGIN_ATTEMPTS') || reader.accept('PASSWORD_LOCK_TIME')) {
    if (reader.next() !== '0') throw notSupported('FAILED_LOGIN_ATTEMPTS: failed logins are slowed down for everybody');
  } else if (reader.accept('COMMENT') || reader.accept('ATTRIBUTE')) {
    reader.next();
  } else throw unknown(reader.next());
  const text = reader.since(from);
  return { level: 'Warning', code: 1235, message: `${text} is ignored` } as const;
}

function passwordOption(reader: Words): void {
  const what = reader.expectOne('EXPIRE', 'HISTORY', 'REUSE', 'REQUIRE');
  if (what === 'REUSE') reader.expectOne('INTERVAL');
  if (what === 'REQUIRE') reader.expectOne('CURRENT');
  const isHarmless = reader.accept('DEFAULT') || reader.accept('NEVER') || reader.accept('OPTIONAL');
  if (!isHarmless) throw notSupported(`PASSWORD ${what}`);
}

const unknown = (word: string) => notSupported(word.toUpperCase());

class Words {
  readonly #words: readonly string[];
  position = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get isAtEnd(): boolean {
    return this.position >= this.#words.length;
  }

  next(): string {
    const word = this.#words[this.position++];
    if (word === undefined) throw notSupported(`an option that ends after ${this.#words.at(-1) ?? 'nothing'}`);
    return word;
  }

  sees(pattern: RegExp): boolean {
    return pattern.test(this.#words[this.position] ?? '');
  }

  accept(word: string): boolean {
    if (this.#words[this.position]?.toUpperCase() !== word) return false;
    this.position++;
    return true;
  }

  expectOne(...words: readonly string[]): string {
    const word = this.next().toUpperCase();
    if (words.includes(word)) return word;
    throw unknown(word);
  }

  since(position: number): string {
    return this.#words.slice(position, this.position).join(' ');
  }
}
