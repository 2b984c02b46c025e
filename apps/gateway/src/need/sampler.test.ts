import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Estimator, type Ticket } from '@spillway/policy';
import { scanBody } from '@spillway/protocol';
import { type Counter, SAMPLE_BYTES_MAX, SAMPLE_EVERY_MS, Sampler } from './sampler.ts';

class TestCounter implements Counter {
  readonly prompts: string[] = [];
  closed = false;
  #done: (tokens: number | null) => void = () => {};

  count(prompt: Buffer, done: (tokens: number | null) => void): void {
    this.prompts.push(prompt.toString());
    this.#done = done;
  }

  counted(tokens: number | null): void {
    this.#done(tokens);
  }

  close(): void {
    this.closed = true;
  }
}

const ASKER = { client: 'a', model: 'm', class: 'standard' } as const;
const MESSAGES = [{ role: 'user', content: 'x y '.repeat(100) }];
const STREAM = { messages: MESSAGES, stream: true };

class Bench {
  readonly estimator = new Estimator();
  readonly counter = new TestCounter();
  readonly sampler = new Sampler(this.estimator, () => this.counter);

  ticket(operation: string): Ticket {
    const size = { bytes: 430, items: 1, extras: 0, mix: 'plain', answerTokensMax: null, choices: 1, cacheKey: null };
    return this.estimator.need({ ...size, mix: 'plain' }, { ...ASKER, operation }, 0);
  }

  offer(body: object, nowMs: number, { operation = 'chat.completions', isAsked = false } = {}): void {
    const bytes = Buffer.from(JSON.stringify(body));
    this.sampler.offer(this.ticket(operation), { facts: scanBody(bytes), body: bytes, isAsked }, nowMs);
  }
}

const TABLE: ReadonlyArray<readonly [name: string, body: object, given: object, counts: boolean]> = [
  ['a stream that does not tell', STREAM, {}, true],
  ['a text completion that does not tell', { prompt: 'x', stream: true }, { operation: 'completions' }, true],
  ['no stream', { ...STREAM, stream: false }, {}, false],
  ['a stream that was asked by the client', { ...STREAM, stream_options: { include_usage: true } }, {}, false],
  ['a stream that is asked by the gateway', STREAM, { isAsked: true }, false],
  ['a stream of Responses', { input: 'x', stream: true }, { operation: 'responses' }, false],
  ['a prompt that is too long', { prompt: 'x'.repeat(SAMPLE_BYTES_MAX), stream: true }, {}, false],
  ['a prompt with tools', { ...STREAM, tools: [{}] }, {}, false],
  ['a prompt with a picture', { ...STREAM, messages: [{ image_url: 'u' }] }, {}, false],
  ['no prompt', { stream: true }, {}, false],
];

for (const [name, body, given, counts] of TABLE) {
  test(`Sampler: ${counts ? 'counts' : 'leaves out'} ${name}`, () => {
    const bench = new Bench();
    bench.offer(body, 0, given);
    assert.equal(bench.counter.prompts.length, counts ? 1 : 0);
  });
}

test('Sampler: hands on the prompt alone, and the estimate learns what is counted', () => {
  const bench = new Bench();
  for (let i = 0; i < 40; i++) {
    bench.offer(STREAM, i * SAMPLE_EVERY_MS);
    bench.counter.counted(207);
  }
  assert.equal(bench.counter.prompts.length, 40);
  assert.equal(bench.counter.prompts[0], JSON.stringify(MESSAGES));
  assert.ok(Math.abs(bench.ticket('chat.completions').need.promptTokens - 207) < 8);
});

test('Sampler: one at a time, and the next one not before a second is over', () => {
  const bench = new Bench();
  bench.offer(STREAM, 0);
  bench.offer(STREAM, SAMPLE_EVERY_MS);
  assert.equal(bench.counter.prompts.length, 1, 'one is being counted');
  bench.counter.counted(100);
  bench.offer(STREAM, SAMPLE_EVERY_MS - 1);
  assert.equal(bench.counter.prompts.length, 1, 'a second is not over');
  bench.offer(STREAM, SAMPLE_EVERY_MS);
  assert.equal(bench.counter.prompts.length, 2);
});

test('Sampler: a count that never comes is given up after a minute', () => {
  const bench = new Bench();
  bench.offer(STREAM, 0);
  bench.offer(STREAM, 59_999);
  assert.equal(bench.counter.prompts.length, 1);
  bench.offer(STREAM, 60_000);
  assert.equal(bench.counter.prompts.length, 2);
});

test('Sampler: where eight in a row cannot be counted, there is nothing to count with', () => {
  const bench = new Bench();
  for (let i = 0; i < 20; i++) {
    bench.offer(STREAM, i * SAMPLE_EVERY_MS);
    bench.counter.counted(null);
  }
  assert.equal(bench.counter.prompts.length, 8);
});

test('Sampler: starts its counter with the first prompt, and closes it', () => {
  const bench = new Bench();
  bench.sampler.close();
  assert.equal(bench.counter.closed, false);
  bench.offer(STREAM, 0);
  bench.sampler.close();
  assert.equal(bench.counter.closed, true);
});
