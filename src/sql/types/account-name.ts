/** The names of accounts: who connects, and from where. */
export interface AccountName {
  /** Empty is anybody. */
  readonly user: string;
  /** Lower-case pattern of the host: `%`, `localhost`, `10.0.%`. */
  readonly host: string;
}

/** Names an account among others: users compare by case, hosts do not. */
export function accountKey({ user, host }: AccountName): string {
  return `${user}@${host.toLowerCase()}`;
}

export function sameAccount(a: AccountName, b: AccountName): boolean {
  return accountKey(a) === accountKey(b);
}

/** `` `user`@`host` `` with a quote of one's choice. */
export function accountText({ user, host }: AccountName, quote = ''): string {
  const quoted = (text: string): string =>
    quote === '' ? text : `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
  return `${quoted(user)}@${quoted(host)}`;
}
