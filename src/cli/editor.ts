/** Texts in the user's editor: that of `core.editor`, of EDITOR, or vim, as in the original. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { DoltError } from '../base/errors.ts';
import type { Config } from '../repo/config.ts';
import type { Environment } from '../repo/repository.ts';
import { inCookedMode } from './cooked-terminal.ts';

const STANDARD_INPUT = 0;
const STANDARD_OUTPUT = 1;

/** Is there a terminal to edit on? DOLT_TEST_FORCE_OPEN_EDITOR says so of any place, as in the original. */
export function canEdit({ variables }: Environment): boolean {
  return variables['DOLT_TEST_FORCE_OPEN_EDITOR'] === '1' || (isatty(STANDARD_INPUT) && isatty(STANDARD_OUTPUT));
}

/** What says which editor it is; a repository, for one. */
export interface EditorChoice {
  readonly config: Pick<Config, 'get'>;
  readonly environment: Environment;
}

export interface EditedFile {
  /** Editors tell by it what the text is. */
  readonly name: string;
  readonly text: string;
  /** What it means that the editor failed. */
  readonly failure: string;
}

/** The text as the user leaves it. Throws `invalid` when the editor fails. */
export function editText({ config, environment }: EditorChoice, { name, text, failure }: EditedFile): string {
  const editor = config.get('core.editor') || environment.variables['EDITOR'] || 'vim';
  const folder = mkdtempSync(join(tmpdir(), 'dolt-edit-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, text);
    const words = ['-c', `${editor} "$1"`, 'sh', path];
    const { status } = inCookedMode(() => spawnSync('/bin/sh', words, { stdio: 'inherit' }));
    if (status !== 0) throw new DoltError('invalid', `the editor '${editor}' failed; ${failure}`);
    return readFileSync(path, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file of its own for a text that would be lost otherwise; its path. */
export function keepText(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'dolt-kept-')), name);
  writeFileSync(path, text);
  return path;
}
