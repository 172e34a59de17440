/** The temporary tables of a session, by database and name, in any case. */
import type { Address } from '../../base/address.ts';
import type { Table } from '../../table/table.ts';

export class TemporaryTables {
  readonly #databases = new Map<string, Map<string, Table>>();
  readonly #changed: () => void;

  /** `changed` is called when there are some, others, or none any more. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get isEmpty(): boolean {
    return this.#databases.size === 0;
  }

  get(database: string, name: string): Table | undefined {
    if (this.isEmpty) return undefined;
    return this.#databases.get(database.toLowerCase())?.get(name.toLowerCase());
  }

  has(database: string, name: string): boolean {
    return this.get(database, name) !== undefined;
  }

  set(database: string, name: string, table: Table): void {
    const key = database.toLowerCase();
    const tables = this.#databases.get(key) ?? new Map<string, Table>();
    this.#databases.set(key, tables.set(name.toLowerCase(), table));
    this.#changed();
  }

  drop(database: string, name: string): void {
    const key = database.toLowerCase();
    const tables = this.#databases.get(key);
    tables?.delete(name.toLowerCase());
    if (tables?.size === 0) this.#databases.delete(key);
    this.#changed();
  }

  clear(): void {
    this.#databases.clear();
    this.#changed();
  }

  /** Of all of them, for garbage collection. */
  *addresses(): Generator<Address, void> {
    for (const tables of this.#databases.values()) for (const table of tables.values()) yield table.write();
  }
}
