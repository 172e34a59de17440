/** The real world as the command line hands it down: warnings go to standard error. */

import { realEnvironment } from '../real-environment.ts';
import type { Environment } from '../repo/repository.ts';
import type { Terminal } from './terminal.ts';

export function commandLineEnvironment(terminal: Terminal): Environment {
  return realEnvironment({ warn: (message) => terminal.error(`warning: ${message}`), info() {} });
}
