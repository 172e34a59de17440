/** go-sql-driver/mysql: every statement with parameters is prepared on the server. */
import { describe } from 'vitest';
import { plays } from './plays.ts';
import { installed, missing } from './served-clients.ts';

const client = installed('go-sql-driver');

describe.skipIf(missing('go-sql-driver/mysql', client))('go-sql-driver/mysql', () => {
  plays((served) => served.play(client), {
    without: { 'change user': 'it cannot', reset: 'it cannot' },
  });
});
