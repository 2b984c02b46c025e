import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOADS } from './loads.ts';
import { parseOptions } from './options.ts';
import { SUBJECT_NAMES } from './subjects.ts';

test('parseOptions: measures everything five times unless told otherwise', () => {
  const parsed = parseOptions([], 2);
  assert.equal(parsed.kind, 'run');
  assert.deepEqual(parsed.kind === 'run' && parsed.options, {
    rounds: 5,
    subjects: [...SUBJECT_NAMES],
    loads: Object.keys(LOADS),
    json: null,
    write: false,
    assert: false,
    proxyCpu: 0,
    loadCpu: 1,
  });
});

test('parseOptions: keeps chosen names in the order of the table, each once', () => {
  const parsed = parseOptions(['--subjects', 'undici,nginx,undici', '--loads', 'events4k, json2k', '--rounds', '1'], 2);
  assert.ok(parsed.kind === 'run');
  assert.deepEqual(parsed.options.subjects, ['nginx', 'undici']);
  assert.deepEqual(parsed.options.loads, ['json2k', 'events4k']);
  assert.equal(parsed.options.rounds, 1);
});

test('parseOptions: --help wins', () => assert.equal(parseOptions(['--help', '--write'], 2).kind, 'help'));

const WRONG: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a flag that does not exist', ['--fast'], /--fast/],
  ['no rounds', ['--rounds', '0'], /^--rounds: 0 is not a whole number from 1 to 25/],
  ['too many rounds', ['--rounds', '26'], /^--rounds: 26 /],
  ['an empty number', ['--rounds', ''], /^--rounds: {2}is not a whole number/],
  ['half a CPU', ['--proxy-cpu', '0.5'], /^--proxy-cpu: 0\.5 is not a whole number from 0 to 1/],
  ['an unknown proxy', ['--subjects', 'nginx,haproxy'], /^--subjects: "haproxy" is unknown; choose of direct, nginx/],
  ['an unknown load', ['--loads', 'sse'], /^--loads: "sse" is unknown; choose of json2k/],
  ['one CPU for both', ['--load-cpu', '0'], /^--load-cpu: 0 is also --proxy-cpu/],
  ['a part of the table for the document', ['--write', '--loads', 'json2k'], /^--write: .*whole table/],
  ['targets without a gateway', ['--assert', '--subjects', 'nginx'], /^--assert: .*gateway and nginx/],
];
for (const [name, args, want] of WRONG) {
  test(`parseOptions: refuses ${name}`, () => {
    const parsed = parseOptions(args, 2);
    assert.ok(parsed.kind === 'wrong');
    assert.equal(parsed.errors.length, 1, parsed.errors.join('\n'));
    assert.match(parsed.errors[0] ?? '', want);
  });
}

test('parseOptions: reports every error at once', () => {
  const parsed = parseOptions(['--rounds', 'x', '--loads', 'y', '--subjects', 'z'], 2);
  assert.ok(parsed.kind === 'wrong');
  assert.equal(parsed.errors.length, 3);
});
