/** Histories and how they are drawn, as Git draws them. */
import { expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { besideGraph, LogGraph } from '../../src/cli/log-graph.ts';

type History = readonly (readonly [commit: string, ...parents: string[]])[];

function draw(history: History, text = (commit: string): string => commit): string {
  const graph = new LogGraph(history.map(([commit]) => commit as Address));
  const blocks = history.map(([commit, ...parents]) =>
    besideGraph(graph.next({ address: commit as Address, parents: parents as Address[] }), text(commit)),
  );
  return `\n${blocks.join('')}`;
}

test('a merge', () => {
  const history: History = [['m', 'a', 'b'], ['a', 'c'], ['b', 'c'], ['c']];
  expect(draw(history)).toBe(`
*   m
|\\
* | a
| * b
|/
* c
`);
  expect(draw(history, (commit) => `commit ${commit}\n\n\tmessage\n`)).toBe(`
*   commit m
|\\
| | 	message
* | commit a
| |
| | 	message
| * commit b
| |
| | 	message
|/
* commit c

  	message
`);
});

test('a merge inside of another, and of three', () => {
  const history: History = [
    ['m', 'n', 'd'],
    ['n', 'o', 'e'],
    ['d', 'x'],
    ['e', 'x'],
    ['o', 'x', 'p', 'q'],
    ['p', 'x'],
    ['q', 'x'],
    ['x'],
  ];
  expect(draw(history)).toBe(`
*   m
|\\
* |   n
|\\ \\
| | * d
| * | e
* | |     o
|\\ \\ \\
| |\\ \\ \\
| * | | | p
| | * | | q
| | | |/
| | |/
| |/
|/
* x
`);
});

test('lines that end, that begin, and that lead to what is not shown', () => {
  const history: History = [['h', 'a'], ['i', 'b'], ['j', 'a'], ['b'], ['a', 'hidden']];
  expect(draw(history)).toBe(`
* h
| * i
| | * j
| * | b
|  /
|/
* a
`);
});

test('a line goes over others to the one it joins', () => {
  const history: History = [['h', 'a'], ['i', 'b'], ['j', 'a'], ['a', 'c'], ['b', 'c'], ['c']];
  expect(draw(history)).toBe(`
* h
| * i
| | * j
|_|/
* | a
| * b
|/
* c
`);
});
