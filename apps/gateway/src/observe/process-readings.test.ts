import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProcessWatch } from './process-readings.ts';

test('ProcessWatch: the first reading has no lag, since it begins the watch; the rest is there at once', (t) => {
  const watch = new ProcessWatch();
  t.after(() => watch.close());
  const { loopLag, ...readings } = watch.read();
  assert.equal(loopLag, null);
  for (const [name, value] of Object.entries(readings)) assert.ok(value > 0, `${name} is ${value}`);
  assert.equal(watch.read().loopLag, null, 'no timer has run in between');
});
