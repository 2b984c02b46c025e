import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HELP, parseChatLoadOptions } from './options.ts';

const PRESET = { users: 200, seconds: 60, json: null, assert: false };

test('parseChatLoadOptions: presets, flags, help', () => {
  assert.deepEqual(parseChatLoadOptions([]), PRESET);
  const given = ['--users', '7', '--seconds', '3', '--json', 'x.json', '--assert'];
  assert.deepEqual(parseChatLoadOptions(given), { users: 7, seconds: 3, json: 'x.json', assert: true });
  assert.equal(parseChatLoadOptions(['--help']), null);
  assert.match(HELP, /--users N/);
});

const WRONG = [
  [['--users', '0'], /--users: 0 is not a whole number from 1 to 1000; leave it out for 200/],
  [['--users', '1001'], /1001 is not a whole number/],
  [['--seconds', '601'], /601 is not a whole number from 1 to 600/],
  [['--seconds', '1.5', '--users', 'x'], /--users: x[\s\S]+--seconds: 1\.5/],
  [['--none'], /--none/],
] as const;

for (const [args, want] of WRONG) {
  test(`parseChatLoadOptions: ${args.join(' ')} is refused`, () => {
    assert.match(String(parseChatLoadOptions(args)), want);
  });
}
