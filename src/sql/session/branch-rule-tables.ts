/**
 * The rules of branches as rows: `dolt_branch_control` and `dolt_branch_namespace_control`. A row may be changed by an account
 * with all privileges of its database, and by an administrator of all branches that the row is about. Changes stand when their
 * statement ends, whatever becomes of the transaction.
 */
import type { RulePatterns } from '../../serial/branch-control.ts';
import type { Value } from '../../tuple/value.ts';
import type { AccessRule } from '../accounts/branch-control/access-rules.ts';
import type { BranchControl, BranchRules } from '../accounts/branch-control/branch-control.ts';
import {
  duplicateRule,
  patternsTooLong,
  ruleDeletionDenied,
  ruleInsertionDenied,
  ruleMoveDenied,
  ruleUpdateDenied,
} from '../accounts/branch-control/branch-control-errors.ts';
import {
  keptPatterns,
  RULE_COLUMNS,
  type RuleWeights,
  weightsOfNames,
  weightsOfPatterns,
} from '../accounts/branch-control/pattern.ts';
import { allows, highest, Permission, permissionsText } from '../accounts/branch-control/permissions.ts';
import { Privilege } from '../accounts/privilege.ts';
import type { RuleTable, SystemTableWriter } from '../catalog/system-table.ts';
import type { AccountName } from '../types/account-name.ts';
import { columnNotNull } from '../types/sql-error.ts';
import type { Session } from './session.ts';

export type RuleTableName = 'access' | 'namespace';

/** The kinds of rules differ in whether they have permissions. */
interface Kind {
  list(rules: BranchRules): Iterable<RulePatterns & { readonly permissions?: number }>;
  insert(rules: BranchRules, rule: AccessRule): void;
  delete(rules: BranchRules, rule: RulePatterns): void;
  /** Whether the rule is there, or is of no use beside others; `replaced` goes. */
  isCovered(rules: BranchRules, rule: AccessRule, replaced: RulePatterns | undefined): boolean;
}

const KINDS: Readonly<Record<RuleTableName, Kind>> = {
  access: {
    list: ({ access }) => access.rules(),
    insert: ({ access }, rule) => access.insert(rule),
    delete: ({ access }, rule) => access.delete(rule),
    isCovered({ access }, rule, replaced) {
      if (replaced === undefined && access.has(rule)) return true;
      const { isCovered, permissions } = access.verdict(weightsOfPatterns(rule), replaced);
      return isCovered && highest(permissions) === highest(rule.permissions);
    },
  },
  namespace: {
    list: ({ namespace }) => namespace.rules,
    insert: ({ namespace }, rule) => namespace.insert(rule),
    delete: ({ namespace }, rule) => namespace.delete(rule),
    isCovered: ({ namespace }, rule, replaced) => replaced === undefined && namespace.has(rule),
  },
};

export function ruleTable(name: RuleTableName, control: BranchControl, session: Session): RuleTable {
  const kind = KINDS[name];
  return {
    *rows() {
      for (const { database, branch, user, host, permissions } of kind.list(control.rules)) {
        const patterns: Value[] = [database, branch, user, host];
        yield permissions === undefined ? patterns : [...patterns, permissions];
      }
    },
    writer: () => new RuleWriter(name, kind, control, session),
  };
}

/** Beyond it the original shortens a pattern. */
const MOST_BYTES = 0xffff;

class RuleWriter implements SystemTableWriter {
  readonly #kind: Kind;
  readonly #hasPermissions: boolean;
  readonly #control: BranchControl;
  readonly #session: Session;
  #copied: BranchRules | undefined;
  readonly #changes: ((rules: BranchRules) => void)[] = [];

  constructor(name: RuleTableName, kind: Kind, control: BranchControl, session: Session) {
    this.#kind = kind;
    this.#hasPermissions = name === 'access';
    this.#control = control;
    this.#session = session;
  }

  /** What the statement makes of the rules. */
  get #draft(): BranchRules {
    const { access, namespace } = this.#control.rules;
    this.#copied ??= { access: access.copy(), namespace: namespace.copy() };
    return this.#copied;
  }

  insert(row: readonly Value[]): void {
    const rule = this.#ruleOf(row);
    this.#assertMay(rule, (account) => ruleInsertionDenied(account, rule, this.#permissionsOf(rule)));
    this.#assertNew(rule, undefined);
    this.#change((rules) => this.#kind.insert(rules, rule));
  }

  update(from: readonly Value[], to: readonly Value[]): void {
    const before = this.#ruleOf(from);
    const after = this.#ruleOf(to);
    const isSame = RULE_COLUMNS.every((column) => before[column] === after[column]);
    this.#assertNew(after, isSame ? before : undefined);
    this.#assertMay(before, (account) => ruleUpdateDenied(account, before));
    this.#assertMay(after, (account) => ruleMoveDenied(account, before, after));
    this.#change((rules) => {
      this.#kind.delete(rules, before);
      this.#kind.insert(rules, after);
    });
  }

  delete(row: readonly Value[]): void {
    const rule = this.#ruleOf(row);
    this.#assertMay(rule, (account) => ruleDeletionDenied(account, rule));
    this.#change((rules) => this.#kind.delete(rules, rule));
  }

  finish(): void {
    if (this.#changes.length === 0) return;
    this.#session.assertServerWritable();
    this.#control.edit((rules) => {
      for (const change of this.#changes) change(rules);
    });
  }

  /** Later rows of the statement see it, others do when the statement ends. */
  #change(change: (rules: BranchRules) => void): void {
    change(this.#draft);
    this.#changes.push(change);
  }

  /** Throws 1048 for NULL. */
  #ruleOf(row: readonly Value[]): AccessRule {
    const missing = row.indexOf(null);
    if (missing >= 0) throw columnNotNull([...RULE_COLUMNS, 'permissions'][missing]!);
    const [database, branch, user, host, permissions] = row;
    const given = { database: String(database), branch: String(branch), user: String(user), host: String(host) };
    const rule = { ...keptPatterns(given), permissions: Number(permissions ?? 0) };
    if (RULE_COLUMNS.some((column) => Buffer.byteLength(rule[column]) > MOST_BYTES)) throw patternsTooLong(rule);
    return rule;
  }

  #permissionsOf({ permissions }: AccessRule): string | undefined {
    return this.#hasPermissions ? permissionsText(permissions) : undefined;
  }

  /** Throws 1062. */
  #assertNew(rule: AccessRule, replaced: RulePatterns | undefined): void {
    if (!this.#kind.isCovered(this.#draft, rule, replaced)) return;
    throw duplicateRule(rule, this.#permissionsOf(rule));
  }

  #assertMay(rule: RulePatterns, refused: (account: AccountName) => Error): void {
    const { login, branchRights } = this.#session;
    const { account } = branchRights;
    if (login === undefined || account === undefined) return;
    if ((SUPER & ~login.privileges.global) === 0) return;
    if ((EVERYTHING & ~login.privileges.database(rule.database)) === 0) return;
    const names = weightsOfNames({ database: '', branch: '', user: account.user, host: account.host });
    const about: RuleWeights = { ...weightsOfPatterns(rule), user: names.user, host: names.host };
    if (allows(this.#draft.access.verdict(about).permissions, Permission.admin)) return;
    throw refused(account);
  }
}

const SUPER = Privilege.super | Privilege.grantOption;
/** Of a database, or of all. */
const EVERYTHING =
  Privilege.create |
  Privilege.alter |
  Privilege.drop |
  Privilege.insert |
  Privilege.update |
  Privilege.delete |
  Privilege.execute |
  Privilege.grantOption;
