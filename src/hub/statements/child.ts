/** What a process for statements runs: it answers one question after the other, and ends with the hub that has started it. */
import { DoltError } from '../../base/errors.ts';
import { realEnvironment } from '../../real-environment.ts';
import { Readings } from '../content/reading.ts';
import { runStatement } from '../content/run-statement.ts';
import type { Answer, Question } from './messages.ts';

const readings = new Readings({ ...realEnvironment({ warn() {}, info() {} }), network: undefined }, { keptOpen: 4 });

async function answered({ folder, database, commit, sql, limits }: Question): Promise<Answer> {
  try {
    return await readings.read(folder, database, async (reading) => {
      return { answer: await runStatement(reading, commit, sql, limits) };
    });
  } catch (error) {
    if (error instanceof DoltError) return { error: error.message, kind: error.kind };
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error), kind: undefined };
  }
}

process.on('message', async (question: Question) => {
  process.send?.(await answered(question));
});
process.on('disconnect', () => process.exit());
