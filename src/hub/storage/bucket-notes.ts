/** The notes of hubs over a bucket: objects below `.hub/notes/`. */
import type { S3Client } from '../../remote/s3/s3-client.ts';
import type { HubNotes } from './hub-notes.ts';

const FOLDER = '.hub/notes/';

export class BucketNotes implements HubNotes {
  readonly #client: S3Client;

  constructor(client: S3Client) {
    this.#client = client;
  }

  async read(name: string): Promise<string | undefined> {
    const found = await this.#client.read(FOLDER + name);
    return found && new TextDecoder().decode(found.bytes);
  }

  async write(name: string, text: string): Promise<void> {
    await this.#client.write(FOLDER + name, new TextEncoder().encode(text));
  }

  async remove(name: string): Promise<void> {
    await this.#client.remove(FOLDER + name);
  }

  async list(folder: string): Promise<readonly string[]> {
    const { objects } = await this.#client.list(`${FOLDER}${folder}/`);
    return objects.map(({ name }) => name.slice(FOLDER.length));
  }
}
