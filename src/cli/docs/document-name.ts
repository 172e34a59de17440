/** What documents may be called. */
import { DoltError } from '../../base/errors.ts';

const NAMES: readonly string[] = ['README.md', 'LICENSE.md', 'AGENT.md'];

export function assertDocumentName(name: string): void {
  if (NAMES.includes(name)) return;
  throw new DoltError('invalid', `invalid doc name '${name}', valid names are (${NAMES.join(', ')})`);
}
