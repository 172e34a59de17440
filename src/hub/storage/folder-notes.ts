/** The notes of hubs over a folder: files below `.hub/notes`. */
import { abandonFile, type Disk } from '../../base/disk.ts';
import { randomName } from '../../base/random-name.ts';
import { readText } from '../../repo/atomic-file.ts';
import type { HubNotes } from './hub-notes.ts';

const OWNER_ONLY = 0o600;

export class FolderNotes implements HubNotes {
  readonly #disk: Disk;
  readonly #directory: string;

  /** `directory` is made with the first note. */
  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  async read(name: string): Promise<string | undefined> {
    return readText(this.#disk, `${this.#directory}/${name}`);
  }

  async write(name: string, text: string): Promise<void> {
    const path = `${this.#directory}/${name}`;
    const folder = path.slice(0, path.lastIndexOf('/'));
    this.#disk.makeDirectory('notes:make', folder);
    // Several hubs may write the same one.
    const temporary = `${this.#directory}/${randomName()}`;
    try {
      const file = this.#disk.create('notes:create', temporary, OWNER_ONLY);
      try {
        file.write('notes:write', Buffer.from(text), 0);
        await file.syncLater('notes:sync');
      } finally {
        file.close();
      }
      this.#disk.rename('notes:rename', temporary, path);
    } catch (error) {
      abandonFile(this.#disk, 'notes:abandon', temporary);
      throw error;
    }
    this.#disk.syncDirectory('notes:sync-directory', folder);
  }

  async remove(name: string): Promise<void> {
    abandonFile(this.#disk, 'notes:remove', `${this.#directory}/${name}`);
  }

  async list(folder: string): Promise<readonly string[]> {
    return (this.#disk.list(`${this.#directory}/${folder}`) ?? []).map((name) => `${folder}/${name}`);
  }
}
