/** Shows a page in the user's browser, where there is one: the URL has been printed, so nobody depends on it. */
import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** `BROWSER`, where it is set, or else what the system opens URLs with. */
export function openBrowser(url: string, { BROWSER: chosen }: Readonly<Record<string, string | undefined>>): void {
  const [command, ...args] = chosen ? [chosen] : (OPENERS[process.platform] ?? ['xdg-open']);
  const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}
