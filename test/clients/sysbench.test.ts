/** sysbench unmodified: its OLTP workloads end with transactions and without errors. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../end-to-end/command-line.ts';
import { ClientServer, missing, run } from './served-clients.ts';

const EVENTS = 40;

describe.skipIf(missing('sysbench', 'sysbench'))('sysbench', () => {
  let served: ClientServer;

  const sysbench = (workload: string, command: string): Promise<Outcome> =>
    run('sysbench', [
      workload,
      '--mysql-host=127.0.0.1',
      `--mysql-port=${served.port}`,
      '--mysql-user=root',
      '--mysql-db=shop',
      '--table-size=200',
      `--events=${EVENTS}`,
      '--time=50',
      command,
    ]);

  beforeAll(async () => {
    served = await ClientServer.start();
    expect(await sysbench('oltp_common', 'prepare')).toMatchObject({ status: 0 });
  });

  afterAll(async () => {
    await served?.stop();
  });

  test.each(['oltp_point_select', 'oltp_read_only', 'oltp_insert', 'oltp_update_index', 'oltp_write_only'])(
    '%s',
    async (workload) => {
      const { status, out } = await sysbench(workload, 'run');
      expect(status).toBe(0);
      expect(Number(/transactions: +(\d+)/.exec(out)?.[1])).toBe(EVENTS);
      expect(Number(/ignored errors: +(\d+)/.exec(out)?.[1])).toBe(0);
    },
  );
});
