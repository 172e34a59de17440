/**
 * The branch permissions in their file. It is read once; every change replaces it whole. What is damaged is an error: it must
 * never look like a file without rules, which lets everybody write.
 */
import type { Disk } from '../../../base/disk.ts';
import { DoltError } from '../../../base/errors.ts';
import { replaceFile } from '../../../repo/atomic-file.ts';
import { readBranchControl, writeBranchControl } from '../../../serial/branch-control.ts';
import { AccessRules } from './access-rules.ts';
import type { BranchRules } from './branch-control.ts';
import { NamespaceRules } from './namespace-rules.ts';

/** As the original's. */
const MODE = 0o660;

export class BranchControlFile {
  readonly path: string;
  readonly #disk: Disk;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.path = path;
  }

  /** Undefined when there is no file. Throws `corrupt` for a damaged one, `unsupported` for one of a newer version. */
  read(): BranchRules | undefined {
    const bytes = this.#disk.readFile(this.path);
    if (bytes === undefined) return undefined;
    try {
      const { accessLog, namespace } = readBranchControl(bytes);
      // The original drops the log of names when it reads them.
      return { access: AccessRules.replay(accessLog), namespace: new NamespaceRules(namespace) };
    } catch (cause) {
      const { kind, message } = cause as DoltError;
      if (kind === 'unsupported') throw new DoltError(kind, `${this.path}: ${message}`, { cause });
      throw new DoltError(
        'corrupt',
        `the file of branch permissions ${this.path} is damaged: ${message}; put back a copy of it, or remove it to let everybody write every branch`,
        { cause },
      );
    }
  }

  write({ access, namespace }: BranchRules): void {
    const folder = this.path.slice(0, this.path.lastIndexOf('/'));
    if (this.#disk.stat(folder) === undefined) this.#disk.makeDirectory('branch-control:folder', folder);
    const bytes = writeBranchControl({
      accessLog: access.log,
      namespaceLog: namespace.log,
      namespace: namespace.rules,
    });
    replaceFile(this.#disk, 'branch-control', this.path, bytes, MODE);
  }
}
