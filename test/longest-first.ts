/**
 * Which test files begin first: those that take long. One that began last would leave the other processors idle. The rest
 * follows as Vitest has it: the longer first where it knows the last run, the larger first where it does not.
 */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** From some five seconds on, the longest first. */
const LONG = [
  'end-to-end/through-server',
  'end-to-end/walkthrough',
  'end-to-end/failover',
  'end-to-end/console',
  'end-to-end/served-console',
  'end-to-end/hub',
  'end-to-end/over-network',
  'end-to-end/replication',
  'end-to-end/package',
  'end-to-end/no-room',
  'end-to-end/kill',
  'end-to-end/table',
  'end-to-end/together',
  'clients/mappers',
  'clients/mariadb',
  'sqllogictest/sqllogictest',
  'replication/faults',
  'remote/s3/s3-remote',
  'chunks/chunk-store',
  'server/garbage',
  'server/soak',
  'replication/scenarios',
  'hub/page/browser',
  'prolly/edits',
  'replication/failover',
  'replication/replica',
  'replication/random-failover',
  'chunks/faults',
  'hub/storage/bucket-garbage',
  'remote/grpc/grpc-remote-contract',
  'prolly/diff-merge',
  'sql/session/transactions',
  'damage/repository',
].map((name) => `test/${name}.test.ts`);

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const at = LONG.indexOf(relative(this.ctx.config.root, moduleId));
      return at < 0 ? LONG.length : at;
    };
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
