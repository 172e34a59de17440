/** PyMySQL: text protocol, unbuffered cursors, parameters written into the statement by the client. */
import { describe } from 'vitest';
import { plays } from './plays.ts';
import { installed, missing, program } from './served-clients.ts';

const python = installed('venv/bin/python');

describe.skipIf(missing('PyMySQL', installed('venv/ready')))('PyMySQL', () => {
  plays((served) => served.play(python, program('pymysql_client.py')), {
    without: {
      binary: 'it has no prepared statements',
      compressed: 'it has no compression',
      'change user': 'it cannot',
      reset: 'it cannot',
    },
  });
});
