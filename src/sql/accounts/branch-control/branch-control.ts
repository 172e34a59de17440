/**
 * The branch permissions of a server. What stands is never changed: an edit makes a copy, saves it, and only then shows it, so
 * that all of a statement's change stands or nothing of it.
 */
import type { AccountName } from '../../types/account-name.ts';
import { AccessRules } from './access-rules.ts';
import { NamespaceRules } from './namespace-rules.ts';
import { literal, weightsOfNames } from './pattern.ts';
import { allows, Permission, type Permissions } from './permissions.ts';

export interface BranchRules {
  readonly access: AccessRules;
  readonly namespace: NamespaceRules;
}

export const initialRules = (): BranchRules => ({ access: AccessRules.open(), namespace: new NamespaceRules() });

export class BranchControl {
  #rules: BranchRules;
  #isOpen: boolean;
  readonly #save: (rules: BranchRules) => void;
  /** By what was asked, as long as the rules stay. */
  readonly #answers = new Map<string, Permissions>();

  /** `save` makes rules durable; when it throws, the edit did not happen. */
  constructor(rules: BranchRules, save: (rules: BranchRules) => void) {
    this.#rules = rules;
    this.#isOpen = rules.access.areOpen;
    this.#save = save;
  }

  get rules(): BranchRules {
    return this.#rules;
  }

  /** Everybody may write every branch. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  edit(change: (draft: BranchRules) => void): void {
    const draft = { access: this.#rules.access.copy(), namespace: this.#rules.namespace.copy() };
    change(draft);
    this.#save(draft);
    this.#rules = draft;
    this.#isOpen = draft.access.areOpen;
    this.#answers.clear();
  }

  /** Whether the account may do what takes `needed`, one permission, on a branch. */
  may(needed: Permissions, database: string, branch: string, account: AccountName): boolean {
    if (this.#isOpen && needed !== Permission.admin) return true;
    const key = [database, branch, account.user, account.host].join('\0');
    let held = this.#answers.get(key);
    if (held === undefined) {
      held = this.#rules.access.verdict(weightsOfNames(subject(database, branch, account))).permissions;
      if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
      this.#answers.set(key, held);
    }
    return allows(held, needed);
  }

  mayCreate(database: string, branch: string, account: AccountName): boolean {
    const { namespace } = this.#rules;
    return namespace.rules.length === 0 || namespace.mayCreate(weightsOfNames(subject(database, branch, account)));
  }

  /** Whoever made a branch may do anything with it. */
  created(database: string, branch: string, account: AccountName): void {
    if (this.may(Permission.admin, database, branch, account)) return;
    // A branch's name is what anybody chooses: as a pattern it must not stand for other branches.
    const rule = { database, branch: literal(branch), user: account.user, host: account.host };
    this.edit(({ access }) => access.insert({ ...rule, permissions: Permission.admin }));
  }
}

const MOST_ANSWERS = 1000;

const subject = (database: string, branch: string, { user, host }: AccountName) => ({ database, branch, user, host });

/** How an engine comes to its branch permissions: when a statement, or a client, asks for them. */
export interface BranchControlSource {
  /** Undefined until they were opened. */
  readonly current: BranchControl | undefined;
  open(): Promise<BranchControl>;
}
