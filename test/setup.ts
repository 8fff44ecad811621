/**
 * Property tests draw the same inputs in every run, so that a red run can be repeated; FC_SEED=N (or `random`) draws
 * others.
 */
import fc from 'fast-check';

const wanted = process.env.FC_SEED ?? '20200229';
const seed = wanted === 'random' ? Date.now() | 0 : Number(wanted);
if (!Number.isSafeInteger(seed)) throw new Error(`FC_SEED is "${wanted}": give a whole number or "random"`);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
