import type { Random } from './environment.ts';

/** 128 random bits, as hexadecimal digits: no two are equal. */
export const randomId = (random: Random): string =>
  Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
