/** Who makes a commit: config keys `user.name` and `user.email`, or a session's own. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** Who commits in SQL where nobody is configured: the original's own account. */
export const SYSTEM_IDENTITY: Identity = { name: 'Dolt System Account', email: 'doltuser@dolthub.com' };
