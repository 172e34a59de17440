/** Notes on aggregate and window functions. */
import { dolt, manual, type Section } from './section.ts';

export const aggregateSections: readonly Section[] = [
  {
    title: 'Aggregate functions',
    source: manual('Aggregate Functions', 'aggregate-functions'),
    functions: [
      ['ANY_VALUE(value)', 'Some value of the group: the first.'],
      ['AVG([DISTINCT] number)', 'Mean; exact of integers and decimals.'],
      ['BIT_AND(number)', 'Bits that all have.'],
      ['BIT_OR(number)', 'Bits that any has.'],
      ['BIT_XOR(number)', 'Bits that an odd number has.'],
      ['COUNT([DISTINCT] value, …)', 'Values that are not NULL; COUNT(*) counts rows.'],
      [
        'GROUP_CONCAT([DISTINCT] value, … [ORDER BY …] [SEPARATOR text])',
        'The texts of the group, up to group_concat_max_len bytes.',
      ],
      ['JSON_ARRAYAGG(value)', 'An array of the group’s values.'],
      ['JSON_OBJECTAGG(name, value)', 'An object of the group’s values.'],
      ['MAX(value)', 'The greatest.'],
      ['MIN(value)', 'The least.'],
      ['STDDEV_POP(number)', 'Standard deviation of the population; STD and STDDEV.'],
      ['STDDEV_SAMP(number)', 'Standard deviation of a sample.'],
      ['SUM([DISTINCT] number)', 'Sum; exact of integers and decimals.'],
      ['VAR_POP(number)', 'Variance of the population; VARIANCE.'],
      ['VAR_SAMP(number)', 'Variance of a sample.'],
    ],
  },
  {
    title: 'Dolt’s aggregate functions',
    source: dolt('Functions', 'sql-support/expressions-functions-operators'),
    functions: [
      ['FIRST(value)', 'The group’s first value.'],
      ['LAST(value)', 'The group’s last value.'],
    ],
  },
];

export const windowSection: Section = {
  title: 'Window functions',
  source: manual('Window Function Descriptions', 'window-function-descriptions'),
  functions: [
    ['CUME_DIST()', 'The part of rows that are not behind this one.'],
    ['DENSE_RANK()', 'The rank, without gaps.'],
    ['FIRST_VALUE(value)', 'Of the frame’s first row.'],
    ['LAG(value[, n[, default]])', 'Of the n-th row before.'],
    ['LAST_VALUE(value)', 'Of the frame’s last row.'],
    ['LEAD(value[, n[, default]])', 'Of the n-th row after.'],
    ['NTH_VALUE(value, n)', 'Of the frame’s n-th row.'],
    ['NTILE(n)', 'Which of n buckets of equal size.'],
    ['PERCENT_RANK()', 'The rank, from 0 to 1.'],
    ['RANK()', 'The rank, with gaps after equal rows.'],
    ['ROW_NUMBER()', 'The row’s number.'],
  ],
};
