/**
 * What all parts of the binder share while one statement is bound: the catalog, the session, fresh column ids, the
 * common tables in sight.
 */
import { DoltError } from '../../base/errors.ts';
import type { Catalog, ViewSource } from '../catalog/catalog.ts';
import type { ReadAccess } from '../catalog/read-access.ts';
import type { SessionView, TypedValue } from '../expressions/session-view.ts';
import type { Plan, PlanColumn } from '../plan/plan.ts';
import type { CommonTable } from '../syntax/ast/query.ts';
import { waitsForLock } from '../syntax/waits-for-lock.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { Scope } from './scope.ts';
import { sameName } from './scope.ts';
import { isStoredCall } from './stored-call.ts';

export interface BindContext {
  readonly catalog: Catalog;
  readonly session: SessionView;
  /** Values of `?`, by position; their types are final. */
  readonly parameters?: readonly TypedValue[];
  /** What may be read; everything unless told. */
  readonly access?: ReadAccess | undefined;
  /** The view that is defined, `database.name`: nothing that it reads may read it. */
  readonly defining?: string | undefined;
}

/** A common table expression in sight. */
export interface CommonTableBinding {
  readonly name: string;
  /** While a recursive one's step is bound: its rows of the round before. */
  readonly work?: { readonly work: number; readonly columns: readonly PlanColumn[] };
  readonly table: CommonTable;
  readonly recursive: boolean;
  /** Where its own names are resolved. */
  readonly environment: Environment;
  readonly scope: Scope | undefined;
  /** Bound at its first use. */
  bound?: { readonly share: number; readonly plan: Plan; readonly columns: readonly PlanColumn[] };
}

/** Where a query stands: which catalog and which common tables it sees. */
export class Environment {
  readonly binder: Binder;
  readonly catalog: Catalog;
  readonly #tables: readonly CommonTableBinding[];
  /** Views on the way here. */
  readonly views: readonly string[];
  /** What may be read; everything unless told. */
  readonly access: ReadAccess | undefined;

  constructor(
    binder: Binder,
    catalog: Catalog,
    access: ReadAccess | undefined,
    tables: readonly CommonTableBinding[] = [],
    views: readonly string[] = [],
  ) {
    this.binder = binder;
    this.catalog = catalog;
    this.#tables = tables;
    this.views = views;
    this.access = access;
  }

  commonTable(name: string): CommonTableBinding | undefined {
    return this.#tables.find((table) => sameName(table.name, name));
  }

  /** With another table in front. */
  with(table: CommonTableBinding): Environment {
    return new Environment(this.binder, this.catalog, this.access, [table, ...this.#tables], this.views);
  }

  /** Inside of a view, which sees no common tables. Throws 1449 for a definer that is not there. */
  inView(name: string, { catalog, rights }: ViewSource): Environment {
    const session = this.binder.context.access;
    const access = rights === 'invoker' ? this.access : rights && session?.of(rights);
    return new Environment(this.binder, catalog, access, [], [...this.views, name]);
  }
}

/** Queries in queries deeper than this are refused, before the stack is. */
const MAX_DEPTH = 200;

export class Binder {
  readonly context: BindContext;
  readonly #syntax: unknown;
  #assigns: boolean | undefined;
  #waits: boolean | undefined;
  #next = 1;
  #depth = 0;

  /** `syntax` is the whole of what is bound. */
  constructor(context: BindContext, syntax: unknown) {
    this.context = context;
    this.#syntax = syntax;
  }

  /** Whether user variables may change while the statement runs (`@a := …`). If not, they are constants in it. */
  get assignsVariables(): boolean {
    this.#assigns ??= contains(this.#syntax, ({ kind }) => kind === 'assignment');
    return this.#assigns;
  }

  /** Whether the statement may wait for a lock, or runs what is stored. */
  get waitsForLock(): boolean {
    this.#waits ??= contains(this.#syntax, (node) => waitsForLock(node) || isStoredCall(node));
    return this.#waits;
  }

  get session(): SessionView {
    return this.context.session;
  }

  /** A number that nothing else in the statement has. */
  id(): number {
    return this.#next++;
  }

  column(name: string, type: SqlType, nullable: boolean): PlanColumn {
    return { id: this.id(), name, type, nullable };
  }

  nested<T>(bind: () => T): T {
    if (this.#depth >= MAX_DEPTH) throw new DoltError('invalid', 'queries are nested too deeply');
    this.#depth++;
    try {
      return bind();
    } finally {
      this.#depth--;
    }
  }
}

/** Whether a tree of syntax has a node that satisfies the test. */
function contains(node: unknown, test: (node: { readonly kind?: unknown }) => boolean): boolean {
  if (Array.isArray(node)) return node.some((item) => contains(item, test));
  if (typeof node !== 'object' || node === null) return false;
  if (test(node)) return true;
  return Object.values(node).some((value) => contains(value, test));
}
