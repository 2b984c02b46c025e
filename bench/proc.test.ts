import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuNs, familyOf, parentOf, processFamily, residentKb, residentKbOf, runNsOf } from './proc.ts';

const GONE = 2 ** 22 + 1; // above the largest process id Linux gives out

test('runNsOf: reads the first number of schedstat', () => {
  assert.equal(runNsOf('3466198132 740548910 2561\n'), 3_466_198_132);
  assert.equal(runNsOf(''), 0);
});

test('parentOf: is not misled by a name with spaces and parentheses', () => {
  assert.equal(parentOf('4321 (a) S 7 (b) R 1234 4321 4321 0 -1'), 1234);
  assert.equal(parentOf(''), null);
});

test('residentKbOf: reads VmRSS and no other size', () => {
  assert.equal(residentKbOf('VmPeak:\t 900 kB\nVmHWM:\t 800 kB\nVmRSS:\t   127184 kB\nRssAnon:\t 1 kB\n'), 127_184);
  assert.equal(residentKbOf('Name:\tkernel thread\n'), 0);
});

test('familyOf: follows children of children, and nobody else', () => {
  const parents = new Map([
    [2, 1],
    [5, 3],
    [3, 2],
    [4, 1],
    [1, 0],
  ]);
  assert.deepEqual(familyOf(2, parents), [2, 3, 5]);
});

test('cpuNs, residentKb: this process has used some', () => {
  const family = processFamily(process.pid);
  assert.ok(family.includes(process.pid));
  assert.ok(cpuNs([process.pid]) > 0);
  assert.ok(residentKb([process.pid]) > 1_000);
});

test('cpuNs, residentKb: a process that has gone used nothing', () => {
  assert.equal(cpuNs([GONE]), 0);
  assert.equal(residentKb([GONE]), 0);
});
