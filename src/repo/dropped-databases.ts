/**
 * What DROP DATABASE leaves behind: the database is moved out of the served folder, into `.dolt_dropped_databases` in it (the
 * original's place), until it is taken back or purged. It is moved by one rename, so a crash leaves it whole on one side or
 * the other. Of a database that is the served folder itself only `.dolt` is moved: others lie beside it.
 */
import { DoltError } from '../base/errors.ts';
import { doltDirectoryIn, type Environment, Repository, serverInfoPath } from './repository.ts';

export class DroppedDatabases {
  readonly #environment: Environment;
  readonly #directory: string;
  readonly #place: string;

  /** `directory`: the one that is served. */
  constructor(environment: Environment, directory: string) {
    this.#environment = environment;
    this.#directory = directory;
    this.#place = `${directory === '/' ? '' : directory}/.dolt_dropped_databases`;
  }

  /** Moves the database in `directory` here. One of that name that was dropped before gives way, and stays. */
  keep(name: string, directory: string): void {
    const { disk } = this.#environment;
    const target = `${this.#place}/${name}`;
    disk.makeDirectory('drop-database:place', this.#place);
    if (disk.stat(target) !== undefined) disk.rename('drop-database:give-way', target, this.#freePlace(target));
    if (directory === this.#directory) {
      disk.makeDirectory('drop-database:folder', target);
      disk.rename('drop-database:move', doltDirectoryIn(directory), doltDirectoryIn(target));
      this.#leaveServerInfo(target);
      disk.syncDirectory('drop-database:sync', target);
    } else disk.rename('drop-database:move', directory, target);
    disk.syncDirectory('drop-database:sync', this.#place);
    disk.syncDirectory('drop-database:sync', this.#directory);
  }

  #freePlace(target: string): string {
    const { disk, clock } = this.#environment;
    for (let at = Math.trunc(clock.now()); ; at++) {
      const place = `${target}.backup.${at}`;
      if (disk.stat(place) === undefined) return place;
    }
  }

  /** How its server is found belongs to the served folder: the server goes on. */
  #leaveServerInfo(target: string): void {
    const { disk } = this.#environment;
    const moved = serverInfoPath(target);
    if (disk.stat(moved) === undefined) return;
    disk.makeDirectory('drop-database:server-info', doltDirectoryIn(this.#directory));
    disk.rename('drop-database:server-info', moved, serverInfoPath(this.#directory));
  }

  /** Those that can be taken back, sorted. */
  names(): readonly string[] {
    const { disk } = this.#environment;
    const names = disk.list(this.#place) ?? [];
    return names.filter((name) => Repository.isRepository(disk, `${this.#place}/${name}`));
  }

  /**
   * Puts a database back, into a folder of its name, and answers the name as it was written. Throws `notFound` with those that
   * there are, and `conflict` where something of that name is in the way.
   */
  takeBack(wanted: string): string {
    const { disk } = this.#environment;
    const fold = wanted.toLowerCase();
    const name = this.names().find((each) => each.toLowerCase() === fold);
    if (name === undefined) {
      throw new DoltError('notFound', `no database named '${wanted}' found to undrop. ${this.available()}`);
    }
    if (disk.list(this.#directory)?.some((each) => each.toLowerCase() === fold)) throw undropConflict(name);
    disk.rename('undrop:move', `${this.#place}/${name}`, `${this.#directory}/${name}`);
    disk.syncDirectory('undrop:sync', this.#directory);
    disk.syncDirectory('undrop:sync', this.#place);
    return name;
  }

  available(): string {
    const names = this.names();
    if (names.length === 0) return 'there are no databases currently available to be undropped';
    return `available databases that can be undropped: ${names.join(', ')}`;
  }

  /** Removes them for good. */
  purge(): void {
    this.#environment.disk.removeTree('purge-dropped-databases', this.#place);
  }
}

export const undropConflict = (name: string): DoltError =>
  new DoltError(
    'conflict',
    `unable to undrop database '${name}'; another database already exists with the same case-insensitive name`,
  );
