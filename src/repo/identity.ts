/** Who makes a commit: config keys `user.name` and `user.email`, or a session's own. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}
