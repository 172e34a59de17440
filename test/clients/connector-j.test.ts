/** MySQL Connector/J: prepared statements and cursors of the server, compression, change of user, and a socket file. */
import { describe } from 'vitest';
import { plays } from './plays.ts';
import { type ClientServer, installed, missing, program, type Seen } from './served-clients.ts';

const jar = installed('connector-j.jar');

/** The driver finds the factory of sockets by its name, among classes that are compiled. */
function playCompiled(served: ClientServer): Promise<Seen> {
  const classes = served.scratch.path('classes');
  const compile = `javac -cp ${jar} -d ${classes} ${program('ConnectorJ.java')}`;
  const java = `exec java -XX:TieredStopAtLevel=1 -cp ${jar}:${classes} ConnectorJ`;
  return served.play('bash', '-c', `${compile} && ${java}`);
}

describe.skipIf(missing('Connector/J', jar, 'java', 'javac'))('Connector/J', () => {
  plays(playCompiled, {
    // It loses the sign of a time of less than an hour, and adds the hours of a negative one to its days.
    misread: {
      text: { '-00:00:01': '00:00:01', '-00:00:00.000001': '00:00:00.000001' },
      binary: { '-00:00:01': '00:00:01', '-00:00:00.000001': '00:00:00.000001', '-838:59:59': '-794:59:59' },
    },
  });
});
