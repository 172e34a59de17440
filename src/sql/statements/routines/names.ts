/** Names in sight of a statement of a program: those of its block, and behind them those of the blocks around it. */
import type { Cell, CursorDefinition, Label, ResolvedCondition, RowCell } from './program.ts';
import type { TriggerRows } from './resolve.ts';
import { undefinedCursor } from './routine-errors.ts';

/** What a trigger names of its rows, by column. */
export interface RowNames extends TriggerRows {
  readonly new: Map<number, RowCell>;
  readonly old: Map<number, RowCell>;
}

interface LabelInSight {
  readonly label: Label;
  readonly isLoop: boolean;
}

export class Names {
  readonly #outer: Names | undefined;
  readonly #labelsOuter: Names | undefined;
  readonly #variables = new Map<string, Cell>();
  readonly #conditions = new Map<string, ResolvedCondition>();
  readonly #cursors = new Map<string, CursorDefinition>();
  #label: LabelInSight | undefined;

  /** `labels`: where labels are looked for; where all else is unless told. */
  constructor(outer?: Names, labels = outer) {
    this.#outer = outer;
    this.#labelsOuter = labels;
  }

  inner(): Names {
    return new Names(this);
  }

  /** The same names, but the labels that `other` sees: a handler does not see the label of its own block. */
  withLabelsOf(other: Names): Names {
    return new Names(this, other);
  }

  declareVariable(cell: Cell): void {
    this.#variables.set(cell.name.toLowerCase(), cell);
  }

  ownVariable(name: string): Cell | undefined {
    return this.#variables.get(name.toLowerCase());
  }

  variable(name: string): Cell | undefined {
    return this.ownVariable(name) ?? this.#outer?.variable(name);
  }

  declareCondition(name: string, condition: ResolvedCondition): void {
    this.#conditions.set(name.toLowerCase(), condition);
  }

  ownCondition(name: string): ResolvedCondition | undefined {
    return this.#conditions.get(name.toLowerCase());
  }

  condition(name: string): ResolvedCondition | undefined {
    return this.ownCondition(name) ?? this.#outer?.condition(name);
  }

  declareCursor(cursor: CursorDefinition): void {
    this.#cursors.set(cursor.name.toLowerCase(), cursor);
  }

  ownCursor(name: string): CursorDefinition | undefined {
    return this.#cursors.get(name.toLowerCase());
  }

  /** Throws 1324. */
  mustCursor(name: string): CursorDefinition {
    const found = this.ownCursor(name) ?? this.#outer?.mustCursor(name);
    if (found === undefined) throw undefinedCursor(name);
    return found;
  }

  declareLabel(label: Label, isLoop: boolean): void {
    this.#label = { label, isLoop };
  }

  label(name: string, ofLoop: boolean): Label | undefined {
    const own = this.#label;
    if (own !== undefined && own.label.name.toLowerCase() === name.toLowerCase() && (own.isLoop || !ofLoop)) {
      return own.label;
    }
    return this.#labelsOuter?.label(name, ofLoop);
  }
}
