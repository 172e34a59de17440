/**
 * One verb (commit, checkout, push, …): its words and what it does. The same object serves the command line and
 * CALL dolt_<verb>(…); putting the result into words is left to them.
 */
import type { Steps } from '../repo/steps.ts';
import type { Workspace } from './workspace.ts';

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** One letter, without the dash. */
  readonly short?: string;
  /** What its value is called in the help (may be empty); absent for a switch. */
  readonly value?: string;
  /** The value may be missing. */
  readonly optional?: boolean;
  /** A switch that may be given more than once. */
  readonly repeatable?: boolean;
  /** Takes all that follows up to the next flag. */
  readonly list?: boolean;
  readonly help: string;
}

export interface Verb<Result> {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Synopsis lines without the command's name. */
  readonly synopsis: readonly string[];
  /** Names and descriptions of the positional arguments. */
  readonly positional: readonly (readonly [name: string, help: string])[];
  /** Most positional arguments; absent: any number. */
  readonly maxPositional?: number;
  /** The message for more than that, where the verb has its own. */
  readonly tooMany?: string;
  readonly flags: readonly Flag[];
  run(workspace: Workspace, args: readonly string[]): Steps<Result>;
}
