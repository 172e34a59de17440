/**
 * What may go from a bucket, and when: lists of files, each an object of its own. A list is written before the manifest lets
 * go of what it names, or finds that nothing does, so that whoever is killed in between has said it; and only when its time
 * is over is what it names removed, unless the manifest names it then.
 *
 * Files that were joined stay for those who read them: their chunks are elsewhere. Files that garbage was collected from stay
 * longer, for pushers too, who were told that some chunk is here: such a push has them named again (`BucketStore`).
 */
import { type Address, parseAddress } from '../../base/address.ts';
import { randomName } from '../../base/random-name.ts';
import { ARCHIVE_SUFFIX } from '../../chunks/archive-file.ts';
import type { FileSpec } from '../../chunks/manifest.ts';
import { inParallel } from '../parallel.ts';
import type { ListedObject, S3Client } from './s3-client.ts';
import type { FileName } from './s3-store.ts';

/** How long what is condemned stays: twice as long as a hub's URLs to it are valid. */
export const GRACE_MS = 30 * 60 * 1000;
/**
 * How long files stay that were collected: longer than a push takes. The same for all of them, so that those of a later
 * collection outlast those of an earlier one.
 */
export const COLLECTED_GRACE_MS = 24 * 60 * 60 * 1000;
/** Begins the name of a list. */
const PREFIXES = { condemned: 'condemned-', collected: 'collected-' } as const;
const PARALLEL = 4;

export type Sentence = keyof typeof PREFIXES;

/** What a list names: the key of an object, and how many chunks it has where that is known. */
export interface CondemnedFile {
  readonly key: string;
  readonly chunkCount: number;
}

export interface CondemnedList {
  /** Of its object. */
  readonly name: string;
  readonly sentence: Sentence;
  /** When it was written, by the clock of S3. */
  readonly atMs: number;
  /** Until when what it names stays. */
  readonly untilMs: number;
  readonly files: readonly CondemnedFile[];
}

/** Writes a list; its name. */
export async function condemn(
  client: S3Client,
  sentence: Sentence,
  files: readonly (FileName & FileSpec)[],
): Promise<string> {
  const list = PREFIXES[sentence] + randomName();
  const lines = files.map(({ name, suffix, chunkCount }) => `${name}${suffix} ${chunkCount}`);
  await client.write(list, new TextEncoder().encode(lines.join('\n')));
  return list;
}

/** All that lists among the objects say. */
export async function readCondemned(client: S3Client, objects: readonly ListedObject[]): Promise<Condemned> {
  const lists: CondemnedList[] = [];
  const found = objects.flatMap((object) => {
    const sentence = sentenceOf(object.name);
    return sentence === undefined ? [] : [{ ...object, sentence }];
  });
  await inParallel(found, PARALLEL, async ({ name, modifiedMs, sentence }) => {
    const object = await client.read(name);
    if (object === undefined) return;
    const files = new TextDecoder().decode(object.bytes).split('\n').map(parseLine);
    const untilMs = modifiedMs + (sentence === 'collected' ? COLLECTED_GRACE_MS : GRACE_MS);
    lists.push({ name, sentence, atMs: modifiedMs, untilMs, files });
  });
  return new Condemned(lists);
}

export class Condemned {
  readonly lists: readonly CondemnedList[];
  readonly #times = new Map<string, { atMs: number; untilMs: number }>();

  constructor(lists: readonly CondemnedList[]) {
    this.lists = lists;
    for (const { files, atMs, untilMs } of lists) {
      for (const { key } of files) {
        const known = this.#times.get(key);
        this.#times.set(key, {
          atMs: Math.max(atMs, known?.atMs ?? 0),
          untilMs: Math.max(untilMs, known?.untilMs ?? 0),
        });
      }
    }
  }

  /** Until when an object stays that nothing names; undefined where it is not condemned, or was written again since. */
  untilMs({ name, modifiedMs }: ListedObject): number | undefined {
    const times = this.#times.get(name);
    return times === undefined || modifiedMs > times.atMs ? undefined : times.untilMs;
  }

  /** Whether one of these objects, which wait for their time, waits by this list. */
  isNeeded({ atMs, untilMs, files }: CondemnedList, waiting: ReadonlySet<string>): boolean {
    return files.some(({ key }) => {
      const times = waiting.has(key) ? this.#times.get(key) : undefined;
      return times !== undefined && (times.atMs === atMs || times.untilMs === untilMs);
    });
  }
}

/** The name of the file of chunks in an object. */
export function fileNameIn(object: string): Address | undefined {
  return parseAddress(object.endsWith(ARCHIVE_SUFFIX) ? object.slice(0, -ARCHIVE_SUFFIX.length) : object);
}

function sentenceOf(object: string): Sentence | undefined {
  if (object.startsWith(PREFIXES.condemned)) return 'condemned';
  return object.startsWith(PREFIXES.collected) ? 'collected' : undefined;
}

function parseLine(line: string): CondemnedFile {
  const [key = '', count] = line.split(' ');
  return { key, chunkCount: Number(count ?? 0) };
}
