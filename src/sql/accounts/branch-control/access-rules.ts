/**
 * The rules of `dolt_branch_control`: who may do what on which branches. Where several stand for a branch, a user and a host,
 * those with the longest patterns count, all of one length together. They are what is left of a log of changes.
 */
import type { LoggedChange, RulePatterns } from '../../../serial/branch-control.ts';
import { keptPatterns, matches, type RuleWeights, weightsOfPatterns } from './pattern.ts';
import { allows, Permission, type Permissions } from './permissions.ts';

export interface AccessRule extends RulePatterns {
  readonly permissions: Permissions;
}

interface Entry {
  readonly rule: AccessRule;
  readonly weights: RuleWeights;
  /** Of all four patterns. */
  readonly length: number;
}

/** What the rules say of something, and whether any does. */
export interface Verdict {
  readonly isCovered: boolean;
  readonly permissions: Permissions;
}

const keyOf = ({ database, branch, user, host }: RuleWeights): string =>
  [database, branch, user, host].map((weights) => weights.join()).join('|');

export class AccessRules {
  readonly #log: LoggedChange[] = [];
  /** In the original's order: a place that became free is taken first. */
  readonly #entries: (Entry | undefined)[] = [];
  /** By what they stand for. */
  readonly #places = new Map<string, number>();
  readonly #free: number[] = [];

  /** Everybody may write every branch, and nobody may change rules. */
  static open(): AccessRules {
    const rules = new AccessRules();
    rules.insert({ database: '%', branch: '%', user: '%', host: '%', permissions: Permission.write });
    return rules;
  }

  static replay(log: readonly LoggedChange[]): AccessRules {
    const rules = new AccessRules();
    for (const change of log) {
      if (change.isInsert) rules.insert(change);
      else rules.delete(change);
    }
    return rules;
  }

  get log(): readonly LoggedChange[] {
    return this.#log;
  }

  copy(): AccessRules {
    const rules = new AccessRules();
    for (const change of this.#log) rules.#log.push(change);
    for (const entry of this.#entries) rules.#entries.push(entry);
    for (const [key, place] of this.#places) rules.#places.set(key, place);
    rules.#free.push(...this.#free);
    return rules;
  }

  *rules(): Generator<AccessRule, void> {
    for (const entry of this.#entries) if (entry !== undefined) yield entry.rule;
  }

  /** Whether everybody may write every branch. */
  get areOpen(): boolean {
    let isOpen = false;
    for (const { database, branch, user, host, permissions } of this.rules()) {
      if (!allows(permissions, Permission.write)) return false;
      isOpen ||= [database, branch, user, host].every((pattern) => pattern === '%');
    }
    return isOpen;
  }

  /** `except`: a rule that is looked past. */
  verdict(subject: RuleWeights, except?: RulePatterns): Verdict {
    const past = except === undefined ? undefined : this.#places.get(keyOf(weightsOfPatterns(keptPatterns(except))));
    let longest = 0;
    let permissions = 0;
    let isCovered = false;
    this.#entries.forEach((entry, place) => {
      if (entry === undefined || place === past || !covers(entry.weights, subject)) return;
      isCovered = true;
      if (entry.length < longest) return;
      permissions = entry.length > longest ? entry.rule.permissions : permissions | entry.rule.permissions;
      longest = entry.length;
    });
    return { isCovered, permissions };
  }

  has(patterns: RulePatterns): boolean {
    return this.#places.has(keyOf(weightsOfPatterns(keptPatterns(patterns))));
  }

  /** In place of one with the same patterns. */
  insert(given: AccessRule): void {
    const { permissions } = given;
    const patterns = keptPatterns(given);
    this.#log.push({ isInsert: true, ...patterns, permissions });
    const weights = weightsOfPatterns(patterns);
    const key = keyOf(weights);
    const length = Object.values(weights).reduce((sum, column) => sum + column.length, 0);
    const place = this.#places.get(key) ?? this.#free.pop() ?? this.#entries.length;
    this.#entries[place] = { rule: { ...patterns, permissions }, weights, length };
    this.#places.set(key, place);
  }

  delete(given: RulePatterns): void {
    const patterns = keptPatterns(given);
    const key = keyOf(weightsOfPatterns(patterns));
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#log.push({ isInsert: false, ...patterns, permissions: 0 });
    this.#places.delete(key);
    this.#entries[place] = undefined;
    this.#free.push(place);
  }
}

function covers(rule: RuleWeights, subject: RuleWeights): boolean {
  return (
    matches(rule.user, subject.user) &&
    matches(rule.branch, subject.branch) &&
    matches(rule.database, subject.database) &&
    matches(rule.host, subject.host)
  );
}
