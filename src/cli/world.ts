/** The real world as the command line hands it down: warnings go to standard error. */
import { existsSync, readFileSync } from 'node:fs';
import { homeDirectory, realEnvironment } from '../real-environment.ts';
import type { Environment } from '../repo/repository.ts';
import type { Terminal } from './terminal.ts';

/** On `branch`, where one is meant. */
export function commandLineEnvironment(terminal: Terminal, branch: string | undefined): Environment {
  const environment = realEnvironment({ warn: (message) => terminal.error(`warning: ${message}`), info() {} });
  return branch === undefined ? environment : { ...environment, branch };
}

/** Whether a server has left word in the folder, or in the one around it. It may be gone. */
export function hasServerInfo(directory: string): boolean {
  return ['', '/..'].some((way) => existsSync(`${directory}${way}/.dolt/sql-server.info`));
}

/** Whether the global configuration may have profiles, found without reading it as such: most have none. */
export function mentionsProfiles(): boolean {
  const home = homeDirectory();
  return ['config', 'config_global.json'].some((name) => textOf(`${home}/.dolt/${name}`).includes('profile'));
}

/** '' for a file that is not there; whoever needs it says what is wrong. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
