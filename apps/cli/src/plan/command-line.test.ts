import assert from 'node:assert/strict';
import test from 'node:test';
import { run } from '../program.ts';

async function ran(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const written = { out: '', err: '' };
  const exit = await run(args, env, {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
  });
  return { exit, ...written };
}

test('plan: help has every flag and an example', async () => {
  const { exit, out } = await ran(['plan', 'lab', '--help']);
  assert.equal(exit, 0);
  const flags = ['scenario', 'seeds', 'seed', 'strategy', 'minutes', 'quick', 'list', 'json', 'out'];
  for (const flag of flags) assert.match(out, new RegExp(`--${flag}\\b`));
  assert.match(out, /Examples:\n {2}spillway plan lab --list/);
  assert.match((await ran(['plan', '--help'])).out, /lab/);
});

test('plan: what is used wrongly ends with exit 2 and names the way out', async () => {
  const rows: ReadonlyArray<readonly [readonly string[], Readonly<Record<string, string>>, RegExp]> = [
    [['--strategy', 'headroom,fastest'], {}, /'fastest' is no strategy; there are headroom, weighted/],
    [['--seeds', '0'], {}, /'0' is invalid\. It is not a whole number from 1 to 1000/],
    [['--seeds', '1e9'], {}, /'1e9' is invalid/],
    [['--minutes', '0'], {}, /not a number above 0 and at most 1440; leave it out/],
    [['--out', ''], {}, /It is empty/],
    [['--scenario', ''], {}, /It is empty/],
    [['--scenario', 'nobody'], {}, /none of the shipped ones/],
    [[], { SPILLWAY_SEEDS: 'x' }, /SPILLWAY_SEEDS "x" is invalid, the twin of --seeds/],
    [[], { SPILLWAY_SCENARIO: 'nobody' }, /--scenario nobody is none/],
  ];
  for (const [args, env, want] of rows) {
    const { exit, err } = await ran(['plan', 'lab', ...args], env);
    assert.equal(exit, 2, `${args}: ${err}`);
    assert.match(err, want);
  }
});
