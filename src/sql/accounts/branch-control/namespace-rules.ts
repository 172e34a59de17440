/**
 * The rules of `dolt_branch_namespace_control`: who may make branches of which names. Of those that stand for a name, the ones
 * with the longest pattern of the branch count; a name that none stands for is free.
 */
import type { LoggedChange, NamespaceRuleMessage, RulePatterns } from '../../../serial/branch-control.ts';
import { keptPatterns, matches, RULE_COLUMNS, type RuleWeights, weightsOfPatterns } from './pattern.ts';

export class NamespaceRules {
  readonly #log: LoggedChange[];
  readonly #rules: NamespaceRuleMessage[];

  constructor(rules: readonly NamespaceRuleMessage[] = [], log: readonly LoggedChange[] = []) {
    this.#rules = [...rules];
    this.#log = [...log];
  }

  get log(): readonly LoggedChange[] {
    return this.#log;
  }

  get rules(): readonly NamespaceRuleMessage[] {
    return this.#rules;
  }

  copy(): NamespaceRules {
    return new NamespaceRules(this.#rules, this.#log);
  }

  mayCreate({ database, branch, user, host }: RuleWeights): boolean {
    const about = this.#rules.filter(
      ({ weights }) => matches(weights.database, database) && matches(weights.branch, branch),
    );
    if (about.length === 0) return true;
    const longest = Math.max(...about.map(lengthOf));
    return about.some(
      (rule) => lengthOf(rule) === longest && matches(rule.weights.user, user) && matches(rule.weights.host, host),
    );
  }

  has(patterns: RulePatterns): boolean {
    return this.#find(keptPatterns(patterns)) >= 0;
  }

  insert(given: RulePatterns): void {
    const patterns = keptPatterns(given);
    this.#log.push({ isInsert: true, ...patterns, permissions: 0 });
    this.#rules.push({ ...patterns, weights: weightsOfPatterns(patterns) });
  }

  /** The last rule takes its place, as in the original. */
  delete(given: RulePatterns): void {
    const patterns = keptPatterns(given);
    const at = this.#find(patterns);
    if (at < 0) return;
    this.#log.push({ isInsert: false, ...patterns, permissions: 0 });
    const last = this.#rules.pop()!;
    if (at < this.#rules.length) this.#rules[at] = last;
  }

  #find(patterns: RulePatterns): number {
    return this.#rules.findIndex((rule) => RULE_COLUMNS.every((column) => rule[column] === patterns[column]));
  }
}

/** Bytes of the branch's pattern. */
const lengthOf = ({ branch }: NamespaceRuleMessage): number => Buffer.byteLength(branch);
