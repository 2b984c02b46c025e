import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSimulatorOptions } from './options.ts';

const DEFAULTS = {
  parts: ['loads', 'hour', 'admission', 'day'],
  rounds: 5,
  seconds: 3,
  quick: false,
  json: null,
  write: false,
  assert: false,
};

test('parseSimulatorOptions: nothing said is everything, five rounds', () => {
  assert.deepEqual(parseSimulatorOptions([]), DEFAULTS);
  assert.equal(parseSimulatorOptions(['--help']), null);
});

test('parseSimulatorOptions: parts come in their own order', () => {
  const given = ['--parts', 'day,hour', '--rounds', '2', '--quick', '--json', 'x.json'];
  assert.deepEqual(parseSimulatorOptions(given), {
    ...DEFAULTS,
    parts: ['hour', 'day'],
    rounds: 2,
    quick: true,
    json: 'x.json',
  });
});

const WRONG: ReadonlyArray<readonly [args: readonly string[], error: RegExp]> = [
  [['--parts', 'hour,week'], /^--parts: "week" is unknown; choose of loads, hour, admission, day$/],
  [['--rounds', '0'], /^--rounds: 0 is not a whole number from 1 to 25/],
  [['--seconds', '61'], /^--seconds: 61 is not a whole number from 1 to 60/],
  [['--write', '--quick'], /^--write: .* leave --quick and --parts out$/],
  [['--fast'], /--fast/],
];

for (const [args, error] of WRONG) {
  test(`parseSimulatorOptions: ${args.join(' ')} is refused`, () => {
    const said = parseSimulatorOptions(args);
    assert.match(typeof said === 'string' ? said : '', error);
  });
}
