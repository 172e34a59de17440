/** What SHOW STATUS counts of statements: of each session, and of all of them (GLOBAL). */
import type { Statement } from '../syntax/ast/statement.ts';

/** Names of commands that are not the statement's own; SHOW has one for each of its subjects. */
const NAMES: Readonly<Record<string, string>> = {
  alterDatabase: 'alter_db',
  call: 'call_procedure',
  createDatabase: 'create_db',
  deallocate: 'dealloc_sql',
  describe: 'show_fields',
  dropDatabase: 'drop_db',
  execute: 'execute_sql',
  explain: 'explain_other',
  loadData: 'load',
  prepare: 'prepare_sql',
  rollbackTo: 'rollback_to_savepoint',
  set: 'set_option',
  setTransaction: 'set_option',
  'show character set': 'show_charsets',
  'show collation': 'show_collations',
  'show columns': 'show_fields',
  'show create database': 'show_create_db',
  'show create view': 'show_create_table',
  'show engines': 'show_storage_engines',
  'show index': 'show_keys',
  use: 'change_db',
};

/** Shown where none was counted, too. */
const ALWAYS = ['begin', 'commit', 'rollback', 'select', 'insert', 'update', 'delete', 'replace', 'set_option', 'load'];

export class StatementCounts {
  /** Statements that clients sent. */
  questions = 0;
  /** Of these, those that took longer than `long_query_time`. */
  slow = 0;
  readonly #commands = new Map<string, number>();

  count(statement: Statement): void {
    this.questions++;
    const command = commandOf(statement);
    this.#commands.set(command, (this.#commands.get(command) ?? 0) + 1);
  }

  /** `Com_select` and the like, by name. */
  commands(): Map<string, number> {
    const counts = new Map(ALWAYS.map((name) => [`Com_${name}`, 0]));
    for (const [command, count] of this.#commands) {
      const name = `Com_${NAMES[command] ?? snakeCase(command)}`;
      counts.set(name, (counts.get(name) ?? 0) + count);
    }
    return counts;
  }
}

function commandOf(statement: Statement): string {
  if (statement.kind === 'show') return `show ${statement.subject}`;
  return statement.kind === 'insert' && statement.replace ? 'replace' : statement.kind;
}

function snakeCase(command: string): string {
  return command.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll(' ', '_');
}
