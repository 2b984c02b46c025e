import assert from 'node:assert/strict';
import test from 'node:test';
import { runFigures } from './run-figures.ts';
import { madeUpRun } from './testing/made-up.ts';

test('runFigures: the pool, then each deployment, with what is in them and without a number that is none', () => {
  const run = madeUpRun();
  const drawings = runFigures(run);
  assert.equal(drawings.length, 1 + run.deployments.length);
  for (const [at, { body, width, height }] of drawings.entries()) {
    assert.doesNotMatch(body.text, /NaN|Infinity|undefined/);
    assert.ok(width > 0 && height > 0);
    if (at > 0) assert.ok(body.text.includes(run.deployments[at - 1]?.id ?? '?'));
  }
  assert.match(drawings[0]?.body.text ?? '', /steps of 10 s/);
});

test('runFigures: a provisioned deployment shows utilisation and spills, a Standard one its headroom', () => {
  const [, provisioned, standard] = runFigures(madeUpRun()).map(({ body }) => body.text);
  assert.match(provisioned ?? '', /utilisation.*spilled/s);
  assert.match(standard ?? '', /headroom.*believed/s);
  assert.doesNotMatch(standard ?? '', /utilisation/);
  const calm = { ...madeUpRun(), spilled: [] };
  assert.doesNotMatch(runFigures(calm)[1]?.body.text ?? '', /spilled/);
});

test('runFigures: an empty run is drawn as empty axes', () => {
  const empty = { ...madeUpRun(), deployments: [], arrived: [], refused: [], waitMsMax: [], spilled: [] };
  assert.doesNotMatch(runFigures(empty)[0]?.body.text ?? '', /NaN|Infinity/);
});
