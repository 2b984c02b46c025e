import assert from 'node:assert/strict';
import test from 'node:test';
import { WORKLOADS_MAX, workloadsOf } from './workloads.ts';

const read = (list: string, isReplay = false) => workloadsOf(list, isReplay);

test('workloadsOf: prompt, answer and rate of each, with a name for its folder', () => {
  const { workloads, problems } = read('500-100-20, 3500-none-none,uniform:100-300-50-7.5');
  assert.deepEqual(problems, []);
  assert.deepEqual(
    workloads.map(({ name, flags }) => [name, flags]),
    [
      ['1-500-100-20', { shapeProfile: 'custom', contextTokens: '500', maxTokens: '100', rate: '20' }],
      ['2-3500-none-none', { shapeProfile: 'custom', contextTokens: '3500' }],
      [
        '3-uniform-100-300-50-7.5',
        { shapeProfile: 'custom', contextTokens: 'uniform:100-300', maxTokens: '50', rate: '7.5' },
      ],
    ],
  );
});

test('workloadsOf: of a replay the first part is a file, and nothing of it leads out of a folder', () => {
  const { workloads } = read('../talks-1.json-100-10', true);
  assert.deepEqual(workloads[0]?.flags, {
    shapeProfile: 'balanced',
    replayPath: '../talks-1.json',
    maxTokens: '100',
    rate: '10',
  });
  assert.equal(workloads[0]?.name, '1-..-talks-1.json-100-10');
});

test('workloadsOf: what is none is told, each of them, and how many there may be', () => {
  const { workloads, problems } = read('500-100,a,500-100-20,1-2-x');
  assert.deepEqual([workloads.length, problems.length], [1, 3]);
  assert.match(problems.join(), /'500-100' is no workload; write PROMPT-ANSWER-RATE, such as 500-100-20/);
  const list = (count: number) => Array.from({ length: count }, () => '1-1-1').join();
  assert.equal(read(list(WORKLOADS_MAX)).workloads.length, WORKLOADS_MAX);
  assert.match(read(list(WORKLOADS_MAX + 1)).problems.join(), /101 workloads, at most 100/);
});
