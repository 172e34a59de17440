/** Which databases there are at a URL with `{database}` in the place of their names. */
import type { Disk } from '../base/disk.ts';

const PLACE = '{database}';

/** Their names, sorted; undefined where the place cannot be listed, or there is no such folder. `template` is absolute. */
export function templateDatabases(disk: Disk, template: string): readonly string[] | undefined {
  const [, path = ''] = /^file:\/\/(\/.*)$/i.exec(template) ?? [];
  const [parent, before = '', after = '', below = ''] = split(path);
  const names = parent === undefined ? undefined : disk.list(parent);
  return names
    ?.filter((name) => name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after))
    .map((name) => name.slice(before.length, name.length - after.length))
    .filter((name) => disk.stat(`${parent}/${before}${name}${after}${below.replaceAll(PLACE, name)}/manifest`))
    .sort();
}

/** `/a/b-{database}.d/c` as `/a`, `b-`, `.d`, `/c`; nothing without a place for the name. */
function split(path: string): readonly string[] {
  const at = path.indexOf(PLACE);
  if (at < 0) return [];
  const start = path.lastIndexOf('/', at);
  const end = path.indexOf('/', at) < 0 ? path.length : path.indexOf('/', at);
  return [path.slice(0, start) || '/', path.slice(start + 1, at), path.slice(at + PLACE.length, end), path.slice(end)];
}
