import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import type { Choice } from './answer/choice.ts';
import { Deployment, type DeploymentType } from './deployment.ts';
import { TokenWork } from './token-work.ts';

const NOW_MS = 1_772_323_198_987.25;
const ASKED = { promptTokens: 1000, cachedTokens: 200, estimate: 5000 };

/** 50 units of gpt-4.1: 150,000 input tokens per minute; output weighs 4. */
function deployment(type: DeploymentType = 'ProvisionedManaged'): Deployment {
  return new Deployment({ name: 'ptu', model: 'gpt-4.1', type, capacity: 50 }, modelFacts('gpt-4.1'));
}

function choice(tokens: number, reasoningTokens = 0): Choice {
  return { tokens: Array(tokens).fill('a'), plain: true, calls: [], finish: 'stop', reasoningTokens, logprobs: null };
}

/** In the bucket, after a request of that estimate was let in and ended. */
function levelAfter(end: (work: TokenWork) => void): number | null {
  const one = deployment();
  if (one.quota.kind !== 'provisioned') return null;
  one.quota.admit(ASKED.estimate, NOW_MS);
  end(new TokenWork(one, ASKED));
  return one.quota.state(NOW_MS).level;
}

const PROMPT = 800;
const ENDINGS: ReadonlyArray<readonly [name: string, end: (work: TokenWork) => void, level: number]> = [
  ['a whole answer counts as it is', (work) => ended(work, [choice(100)], null), PROMPT + 400],
  ['thoughts count as output', (work) => ended(work, [choice(100, 50)], null), PROMPT + 600],
  ['each choice counts', (work) => ended(work, [choice(100), choice(20)], null), PROMPT + 480],
  ['a client that left is charged what it got, and the thoughts before', endedEarly, PROMPT + 4 * 60],
  ['what was shown is never more than the answer', (work) => ended(work, [choice(10)], 99), PROMPT + 40],
  ['nothing generated counts as the prompt alone', (work) => work.end(NOW_MS, 0), PROMPT],
  ['an answer from elsewhere counts as it is told', endedElsewhere, PROMPT + 300],
];

function ended(work: TokenWork, choices: readonly Choice[], shown: number | null): void {
  work.begin(choices);
  work.end(NOW_MS, shown);
}

function endedEarly(work: TokenWork): void {
  ended(work, [choice(100, 50)], 10);
}

function endedElsewhere(work: TokenWork): void {
  work.used(75);
  work.end(NOW_MS, null);
}

for (const [name, end, level] of ENDINGS) {
  test(`TokenWork: ${name}`, () => assert.equal(levelAfter(end), level));
}

test('TokenWork: ends once, and counts as active until then', () => {
  const one = deployment();
  const work = new TokenWork(one, ASKED);
  assert.equal(one.active, 1);
  work.end(NOW_MS, null);
  work.end(NOW_MS, null);
  assert.equal(one.active, 0);
});

test('TokenWork: an answer that ends after a reset takes nothing out of the bucket', () => {
  const level = levelAfter(() => {});
  assert.equal(level, 5000);
  const one = deployment();
  if (one.quota.kind !== 'provisioned') throw new Error('not provisioned');
  one.quota.admit(5000, NOW_MS);
  const late = new TokenWork(one, ASKED);
  one.quota.reset();
  one.quota.admit(700, NOW_MS);
  ended(late, [choice(1)], null);
  assert.equal(one.quota.state(NOW_MS).level, 700);
});

test('TokenWork: a Standard deployment gives nothing back', () => {
  const one = deployment('Standard');
  if (one.quota.kind !== 'standard') throw new Error('not Standard');
  one.quota.admit(5000, NOW_MS);
  ended(new TokenWork(one, ASKED), [choice(1)], null);
  assert.equal(one.quota.state(NOW_MS).tokens, 5000);
});

test('TokenWork: a long answer is used in all the minutes from its admission to its end', () => {
  const one = deployment();
  assert.ok(one.quota.kind === 'provisioned');
  const admittedMs = 60_000;
  one.quota.admit(ASKED.estimate, admittedMs);
  const work = new TokenWork(one, ASKED);
  work.begin([choice(100)]);
  work.end(admittedMs + 120_000, null);
  assert.deepEqual(
    one.quota.minutes().map(({ tokens }) => tokens),
    [600, 600, 0],
  );
});
