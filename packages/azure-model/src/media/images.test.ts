import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { tokenAtMs } from '../latency.ts';
import { answered, headersOf, NOW_MS, testRequest, testResource } from '../testing.ts';
import { ADDRESS_MS } from './gallery.ts';
import { PICTURE_FIRST_TOKENS } from './images.ts';

const DEPLOYMENTS = [
  { name: 'drawing', model: 'gpt-image-1', capacity: 9 },
  { name: 'free', model: 'gpt-image-2', capacity: 9 },
  { name: 'dall-e', model: 'dall-e-3', capacity: 2 },
  { name: 'chat', model: 'gpt-4o', capacity: 9 },
];
const V1 = { path: '/openai/v1/images/generations', query: '' };
const PROMPT = 'A dam';

function draw(body: object, latency = { firstTokenMs: 0, perTokenMs: 0, spread: 0 }) {
  const resource = testResource(seededUnit, { deployments: DEPLOYMENTS, latency });
  return answered(resource, testRequest({ prompt: PROMPT, ...body }, V1));
}

function bodyOf(answer: ReturnType<typeof draw>) {
  assert.ok(answer.body.kind === 'text');
  return JSON.parse(answer.body.text);
}

/** What is asked, and the parameter that the 400 names; null: it is drawn. */
const ASKED: ReadonlyArray<readonly [body: object, param: string | null]> = [
  [{ model: 'drawing' }, null],
  [{ model: 'drawing', size: 'auto', quality: 'auto', n: 3 }, null],
  [{ model: 'drawing', output_format: 'png', background: 'transparent', moderation: 'low', user: 'me' }, null],
  [{ model: 'free', size: '1920x1088' }, null],
  [{ model: 'dall-e', size: '1024x1792', quality: 'hd', style: 'vivid' }, null],
  [{ model: 'drawing', prompt: undefined }, 'prompt'],
  [{ model: 'drawing', prompt: ' ' }, 'prompt'],
  [{ model: 'drawing', prompt: 7 }, 'prompt'],
  [{ model: 'drawing', prompt: 'x'.repeat(32_001) }, 'prompt'],
  [{ model: 'dall-e', prompt: 'x'.repeat(4_001) }, 'prompt'],
  [{ model: 'drawing', n: 11 }, 'n'],
  [{ model: 'drawing', n: 0 }, 'n'],
  [{ model: 'drawing', n: { toString: 1, valueOf: 1 } }, 'n'],
  [{ model: 'dall-e', n: 2 }, 'n'],
  [{ model: 'drawing', size: '1024x1792' }, 'size'],
  [{ model: 'dall-e', size: '1024x1536' }, 'size'],
  [{ model: 'free', size: '1919x1088' }, 'size'],
  [{ model: 'free', size: '3840x3840' }, 'size'],
  [{ model: 'free', size: '3200x160' }, 'size'],
  [{ model: 'drawing', quality: 'hd' }, 'quality'],
  [{ model: 'drawing', response_format: 'url' }, 'response_format'],
  [{ model: 'dall-e', response_format: 'svg' }, 'response_format'],
  [{ model: 'drawing', output_format: 'webp' }, 'output_format'],
  [{ model: 'drawing', stream: true, partial_images: 4 }, 'partial_images'],
];

for (const [body, param] of ASKED) {
  test(`Images: ${param === null ? 'draws' : `refuses by '${param}'`} ${JSON.stringify(body).slice(0, 90)}`, () => {
    const answer = draw(body);
    assert.deepEqual(
      [answer.status, param === null ? null : bodyOf(answer).error.param],
      [param === null ? 200 : 400, param],
    );
  });
}

test('Images: a picture takes as long as many first tokens, and as a stream comes in parts over that time', () => {
  const latency = { firstTokenMs: 150, perTokenMs: 8, spread: 0 };
  assert.equal(draw({ model: 'drawing' }, latency).waitMs, PICTURE_FIRST_TOKENS * 150);
  const { body, waitMs } = draw({ model: 'drawing', stream: true, partial_images: 2 }, latency);
  assert.ok(body.kind === 'events');
  assert.deepEqual([waitMs, body.events.contentEvents], [0, 3]);
  assert.equal(tokenAtMs(body.pace, 2), PICTURE_FIRST_TOKENS * 150);
});

test('Images: usage is that of the quality and size asked for, in the answer and for whoever meters', () => {
  for (const [body, tokens] of [
    [{ quality: 'low' }, 272],
    [{ quality: 'medium', size: '1024x1536' }, 1584],
    [{ size: '1536x1024', n: 2 }, 2 * 6208],
  ] as const) {
    const answer = draw({ model: 'drawing', ...body });
    assert.equal(bodyOf(answer).usage.output_tokens, tokens);
    assert.equal(answer.work?.usage?.completionTokens, tokens);
    assert.equal(answer.metered?.operationId, 'ImageGenerations_Create');
  }
});

test('Images: are limited by requests, told without a limit of tokens', () => {
  const resource = testResource(seededUnit, { deployments: [{ name: 'drawing', model: 'gpt-image-1', capacity: 1 }] });
  const request = testRequest({ prompt: PROMPT, model: 'drawing' }, V1);
  const first = headersOf(answered(resource, request));
  assert.equal(first['x-ratelimit-limit-requests'], '1');
  assert.equal(first['x-ratelimit-limit-tokens'], undefined);
  const second = answered(resource, request);
  assert.equal(second.status, 429);
  assert.match(bodyOf(second).error.message, /have exceeded the call rate limit.*ImageGenerations_Create/);
});

test('Images: the address of a picture is good for a day, and only as it was given', () => {
  const resource = testResource(seededUnit, { deployments: DEPLOYMENTS });
  const asked = testRequest({ prompt: PROMPT, model: 'dall-e' }, { ...V1, headers: { host: 'localhost:9001' } });
  const url = new URL(bodyOf(answered(resource, asked)).data[0].url);
  assert.equal(url.host, 'localhost:9001');
  const look = (query: string, nowMs: number): number =>
    answered(resource, testRequest('', { method: 'GET', path: url.pathname, query }), nowMs).status;
  const query = url.search.slice(1);
  assert.equal(look(query, NOW_MS + ADDRESS_MS - 1), 200);
  assert.equal(look(query, NOW_MS + ADDRESS_MS), 404);
  assert.equal(look('sig=00000000', NOW_MS), 404);
});

test('Images: other operations on such a deployment, and this one on others, are not supported', () => {
  const resource = testResource(seededUnit, { deployments: DEPLOYMENTS });
  const calls: ReadonlyArray<readonly [path: string, body: object]> = [
    ['chat/completions', { model: 'drawing', messages: [{ role: 'user', content: 'Hi' }] }],
    ['responses', { model: 'drawing', input: 'Hi' }],
    ['completions', { model: 'drawing', prompt: 'Hi' }],
    ['embeddings', { model: 'drawing', input: 'Hi' }],
    ['images/generations', { model: 'chat', prompt: 'Hi' }],
    ['audio/speech', { model: 'drawing', input: 'Hi', voice: 'alloy' }],
  ];
  for (const [path, body] of calls) {
    const answer = answered(resource, testRequest(body, { path: `/openai/v1/${path}`, query: '' }));
    assert.equal(bodyOf(answer).error.code, 'OperationNotSupported', path);
  }
});
