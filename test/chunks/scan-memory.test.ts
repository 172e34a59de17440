/** Places that are given do not overlap: since the last `forget`, nor with the one given last before it. */

import { expect, test } from 'vitest';
import { ScanMemory } from '../../src/chunks/scan-memory.ts';
import fc from '../fast-check.ts';

test('places of chunks that are still valid do not overlap', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 70_000 }) },
    { weight: 2, arbitrary: fc.constant('forget' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
      const memory = new ScanMemory();
      let valid: (readonly [number, number])[] = [];
      for (const now of steps) {
        if (now === 'forget') {
          memory.forget();
          valid = valid.slice(-1);
          continue;
        }
        const start = memory.take(now);
        if (start < 0) continue;
        const end = start + now;
        expect(end).toBeLessThanOrEqual(memory.buffer.byteLength);
        for (const [from, to] of valid) expect(end <= from || start >= to).toBe(true);
        valid.push([start, end]);
      }
    }),
    { numRuns: 500 },
  );
});
