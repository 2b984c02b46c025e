import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { printError } from '@spillway/config';
import { readScenarioFile, shippedNames, shippedScenario } from './scenario-file.ts';
import { PROMISE_NAMES } from './types.ts';

const SHIPPED = shippedNames().map(shippedScenario);

test('shippedNames: there are at least 20', () => {
  assert.ok(SHIPPED.length >= 20, `${SHIPPED.length}`);
});

for (const scenario of SHIPPED) {
  test(`shippedScenario: ${scenario.name} says why, lasts 5 to 15 minutes and warms up`, () => {
    assert.match(scenario.why, /^[A-Z].*\.$/);
    assert.ok(scenario.seconds >= 300 && scenario.seconds <= 900);
    assert.ok(scenario.warmUpSeconds >= 120 && scenario.warmUpSeconds <= scenario.seconds / 3);
  });
}

test('shippedScenario: each reason is its own', () => {
  assert.equal(new Set(SHIPPED.map(({ why }) => why)).size, SHIPPED.length);
});

test('shippedScenario: every promise is checked somewhere, and each scenario checks one', () => {
  assert.deepEqual(
    PROMISE_NAMES.filter((promise) => !SHIPPED.some(({ promises }) => promises.includes(promise))),
    [],
  );
  assert.deepEqual(
    SHIPPED.filter(({ promises }) => promises.length === 0).map(({ name }) => name),
    [],
  );
});

/** Where each figure is said to hold. */
test('shippedScenario: promises stand where they may', () => {
  for (const { name, promises, traffic, waitMsMax } of SHIPPED) {
    const waits = Math.max(...Object.values(waitMsMax));
    const isUpTo95 = traffic.load <= 0.95;
    const atTheEdge = promises.includes('edge429');
    assert.equal(promises.includes('no429'), isUpTo95 && waits > 0 && !atTheEdge, `${name}: no429`);
    if (atTheEdge) assert.ok(traffic.load === 0.95 && traffic.arrivals.kind === 'poisson', `${name}: edge429`);
    assert.ok(waits <= 2_000, `${name}: waits`);
    assert.equal(promises.includes('noWait429'), isUpTo95 && waits === 0, `${name}: noWait429`);
    assert.equal(promises.includes('wasted10x'), traffic.load === 1, `${name}: wasted10x`);
    assert.equal(promises.includes('overload'), traffic.load >= 1.2, `${name}: overload`);
    if (promises.includes('ptuFirst')) assert.ok(isUpTo95, `${name}: ptuFirst`);
    if (promises.includes('cache')) assert.equal(traffic.load, 0.8, `${name}: cache`);
  }
});

test('readScenarioFile: reads a file by its path', () => {
  const path = fileURLToPath(new URL('../../scenarios/steady-95.yaml', import.meta.url));
  assert.deepEqual(readScenarioFile(path), { kind: 'ok', scenario: shippedScenario('steady-95') });
});

test('readScenarioFile: says what is the matter with a path', () => {
  const errorsOf = (path: string) => {
    const read = readScenarioFile(path);
    return read.kind === 'errors' ? read.errors.map(printError) : [];
  };
  assert.deepEqual(errorsOf('nowhere.yaml'), ['nowhere.yaml: does not exist; check the path']);
  const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
  assert.deepEqual(errorsOf(folder), [`${folder}: cannot be read (EISDIR); check the path`]);
});

test('shippedScenario: throws where there is none', () => {
  assert.throws(() => shippedScenario('nothing'), { code: 'ENOENT' });
});
