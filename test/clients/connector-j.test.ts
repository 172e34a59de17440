/** MySQL Connector/J: prepared statements and cursors of the server, compression, change of user. */
import { describe } from 'vitest';
import { plays } from './plays.ts';
import { installed, missing, program } from './served-clients.ts';

const jar = installed('connector-j.jar');

describe.skipIf(missing('Connector/J', jar, 'java', 'javac'))('Connector/J', () => {
  plays((served) => served.play('java', '-XX:TieredStopAtLevel=1', '-cp', jar, program('ConnectorJ.java')), {
    without: { socket: 'it needs a library for it' },
    // It loses the sign of a time of less than an hour, and adds the hours of a negative one to its days.
    misread: {
      text: { '-00:00:01': '00:00:01', '-00:00:00.000001': '00:00:00.000001' },
      binary: { '-00:00:01': '00:00:01', '-00:00:00.000001': '00:00:00.000001', '-838:59:59': '-794:59:59' },
    },
  });
});
