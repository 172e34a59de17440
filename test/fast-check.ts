/**
 * fast-check with one seed, so that a run of the tests can be repeated: a change that passed does not fail later by
 * chance. `FAST_CHECK_SEED=n` tries other examples.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 1) });

export default fc;
