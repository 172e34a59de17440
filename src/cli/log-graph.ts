/**
 * Draws history beside the log, as Git does: a lane a line of descent, `*` where a commit stands. A lane waits for one
 * commit; lanes that wait for the same one join it from the right (`|/`), and a merge opens a lane for each further parent
 * (`|\`). Commits must come after all their children, which is the order of the log.
 */
import type { Address } from '../base/address.ts';

export interface GraphCommit {
  readonly address: Address;
  readonly parents: readonly Address[];
}

/** What stands before the lines of one commit. The rows of a block may differ in width. */
export interface GraphRows {
  /** Lines of their own, above the commit. */
  readonly above: readonly string[];
  /** Before the commit's first line. */
  readonly commit: string;
  /** Before the next lines, or alone where there are none. */
  readonly below: readonly string[];
  /** Before all lines that follow. */
  readonly rest: string;
}

export class LogGraph {
  /** The commit that each lane waits for. */
  #lanes: Address[] = [];
  readonly #shown: ReadonlySet<Address>;

  /** `shown`: the commits there will be; lanes to others end. */
  constructor(shown: Iterable<Address>) {
    this.#shown = new Set(shown);
  }

  next({ address, parents }: GraphCommit): GraphRows {
    const above: string[] = [];
    if (!this.#lanes.includes(address)) this.#lanes.push(address);
    const lane = this.#lanes.indexOf(address);
    for (let from = this.#lanes.lastIndexOf(address); from > lane; from = this.#lanes.lastIndexOf(address)) {
      above.push(this.#joinRow(from, this.#lanes.lastIndexOf(address, from - 1)));
      this.#lanes.splice(from, 1);
    }
    const commit = this.#lanes.map((_, i) => (i === lane ? '*' : '|')).join(' ');
    const [first, ...others] = parents.filter((parent) => this.#shown.has(parent));
    const below: string[] = [];
    if (first === undefined) {
      const rest = this.#lanes.map((_, i) => (i === lane ? ' ' : '|')).join(' ');
      if (lane < this.#lanes.length - 1) below.push(this.#closeRow(lane));
      this.#lanes.splice(lane, 1);
      return { above, commit, below, rest: below.length > 0 ? this.#straightRow() : rest };
    }
    this.#lanes[lane] = first;
    others.forEach((parent, i) => {
      below.push(this.#openRow(lane + i));
      this.#lanes.splice(lane + i + 1, 0, parent);
    });
    return { above, commit, below, rest: this.#straightRow() };
  }

  #straightRow(): string {
    return this.#lanes.map(() => '|').join(' ');
  }

  /** Lane `from` goes over to lane `to`, on its left; those right of it move up. */
  #joinRow(from: number, to: number): string {
    let row = '';
    for (let i = 0; i < this.#lanes.length; i++) {
      if (i < from) row += i >= to && i < from - 1 ? '|_' : i === from - 1 ? '|' : '| ';
      else row += i === from ? '/' : ' /';
    }
    return row;
  }

  /** A new lane opens right of `lane`; those right of it make way. */
  #openRow(lane: number): string {
    return this.#lanes.map((_, i) => (i < lane ? '| ' : i === lane ? '|\\' : ' \\')).join('');
  }

  /** The lanes right of `lane`, which has ended, move up. */
  #closeRow(lane: number): string {
    return this.#lanes.map((_, i) => (i < lane ? '| ' : i === lane ? ' ' : i === lane + 1 ? '/' : ' /')).join('');
  }
}

/** The text of a commit with its part of the graph in front; lines end without blanks. */
export function besideGraph({ above, commit, below, rest }: GraphRows, text: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const width = Math.max(...[commit, ...below, rest].map((row) => row.length));
  const beside = lines.map((line, i) => {
    const row = i === 0 ? commit : (below[i - 1] ?? rest);
    return `${row.padEnd(width)} ${line}`;
  });
  return [...above, ...beside, ...below.slice(lines.length - 1)].map((line) => `${line.trimEnd()}\n`).join('');
}
