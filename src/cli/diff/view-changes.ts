/** Views, triggers and the like that differ between two roots: rows of `dolt_schemas`, shown as the statements they hold. */
import type { RootValue } from '../../repo/root-value.ts';
import { fragments } from '../../sql/catalog/views.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { Terminal } from '../terminal.ts';

export interface ViewChange {
  readonly type: string;
  readonly name: string;
  /** The CREATE statement with its `;`; undefined where it is not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function viewChanges(from: RootValue, to: RootValue): ViewChange[] {
  const changes = new Map<string, ViewChange>();
  for (const { type, name, text } of fragments(from)) {
    changes.set(`${type} ${name}`, { type, name, before: statement(text), after: undefined });
  }
  for (const { type, name, text } of fragments(to)) {
    const key = `${type} ${name}`;
    changes.set(key, { type, name, before: changes.get(key)?.before, after: statement(text) });
  }
  return [...changes.values()]
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const statement = (text: string): string => `${text.replace(/[;\s]*$/, '')};`;

/** Lines with `-` and `+`. */
export function viewLines(changes: readonly ViewChange[], { colors }: Terminal): string {
  const marked = (mark: string, text: string | undefined): string[] =>
    text === undefined ? [] : text.split('\n').map((line) => mark + line);
  const lines = changes.flatMap(({ before, after }) => [
    ...marked('-', before).map((line) => colors.red(line)),
    ...marked('+', after).map((line) => colors.green(line)),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

/** Statements that make the change. */
export function viewStatements({ type, name, before, after }: ViewChange): string[] {
  const drop = before === undefined ? [] : [`DROP ${type.toUpperCase()} ${quoteName(name)};`];
  return after === undefined ? drop : [...drop, after];
}
