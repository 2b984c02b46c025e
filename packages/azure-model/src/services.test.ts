/** Whatever generates counts against the deployment once, and gives back what it did not use, in any order of things. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { seededUnit } from '@spillway/clock';
import fc from 'fast-check';
import type { Work } from './reply.ts';
import type { FormPart } from './service.ts';
import { answered, NOW_MS, testRequest, testResource } from './testing.ts';

const PROVISIONED = { name: 'chat', model: 'gpt-4o', capacity: 50, type: 'ProvisionedManaged' } as const;
const LINES = 3;

function part(name: string, filename: string | null, text: string): FormPart {
  return { name, filename, contentType: null, bytes: Buffer.from(text), text: () => text };
}

/** A resource, and what clients do to it; the ids of what they made are remembered. */
class Traffic {
  readonly to = testResource(seededUnit, {
    deployments: [PROVISIONED],
    latency: { firstTokenMs: 500, perTokenMs: 20 },
  });
  nowMs = NOW_MS;
  /** Requests that the quota was asked to let in. */
  asked = 0;
  readonly #open: Work[] = [];
  /** Of the last answer. */
  #status = 0;
  #response = 'none';
  #run = 'threads/none/runs/none';
  #batch = 'none';
  readonly #assistant = String(this.#send('assistants', { model: 'chat' }).id);

  #send(path: string, body: object, form: readonly FormPart[] | null = null): Record<string, unknown> {
    const asked = testRequest(body, { path: `/openai/v1/${path}`, query: '', form });
    const answer = answered(this.to, asked, this.nowMs);
    if (answer.work !== null) this.#open.push(answer.work);
    this.#status = answer.status;
    return answer.body.kind === 'text' ? JSON.parse(answer.body.text) : {};
  }

  readonly steps = {
    wait: () => (this.nowMs += 1700),
    end: () => this.#open.shift()?.end(this.nowMs, null),
    leave: () => this.#open.shift()?.end(this.nowMs, 2),
    respond: () => this.#respond({}),
    goOn: () => this.#respond(this.#response === 'none' ? {} : { previous_response_id: this.#response }),
    background: () => this.#respond({ background: true }),
    cancelBackground: () => this.#send(`responses/${this.#response}/cancel`, {}),
    run: () => {
      const thread = { messages: [{ role: 'user', content: 'Hello' }] };
      const { id, thread_id } = this.#send('threads/runs', { assistant_id: this.#assistant, thread });
      this.#run = `threads/${thread_id}/runs/${id}`;
      this.asked++;
    },
    cancelRun: () => this.#send(`${this.#run}/cancel`, {}),
    batch: () => {
      const body = { model: 'chat', messages: [{ role: 'user', content: 'Hello' }] };
      const line = (i: number) =>
        JSON.stringify({ custom_id: `t${i}`, method: 'POST', url: '/chat/completions', body });
      const form = [
        part('purpose', null, 'batch'),
        part('file', 'f', Array.from({ length: LINES }, (_, i) => line(i)).join('\n')),
      ];
      const { id: input_file_id } = this.#send('files', {}, form);
      this.#batch = String(
        this.#send('batches', { input_file_id, endpoint: '/chat/completions', completion_window: '24h' }).id,
      );
    },
    cancelBatch: () => this.#send(`batches/${this.#batch}/cancel`, {}),
    compact: () => {
      this.#send('responses/compact', { model: 'chat', input: 'Hello' });
      this.asked++;
    },
    count: () => this.#send('responses/input_tokens', { model: 'chat', input: 'Hello' }),
  };

  #respond(more: object): void {
    const { id } = this.#send('responses', { model: 'chat', input: 'Hello', max_output_tokens: 50, ...more });
    if (typeof id === 'string') this.#response = id;
    // One that goes on with an answer that is not whole yet is refused before the quota hears of it.
    if (this.#status !== 400) this.asked++;
  }

  /** Lets all that is under way come to its end. */
  finish(): void {
    for (const work of this.#open) work.end(this.nowMs, null);
    for (let dueMs = this.to.chores.dueMs; dueMs !== null; dueMs = this.to.chores.dueMs) {
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.to.chores.run(this.nowMs);
    }
  }
}

const STEPS = [
  ...(['wait', 'end', 'leave', 'respond', 'goOn', 'background', 'cancelBackground'] as const),
  ...(['run', 'cancelRun', 'batch', 'cancelBatch', 'compact', 'count'] as const),
];

test('servicesOf: after any sequence nothing is under way, and no bucket was ever below empty (seed 11)', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...STEPS), { maxLength: 40 }), (names) => {
      const traffic = new Traffic();
      const deployment = traffic.to.deployments.get('chat');
      assert.ok(deployment?.quota.kind === 'provisioned');
      for (const name of names) {
        traffic.steps[name]();
        const { level, utilisation } = deployment.quota.state(traffic.nowMs);
        assert.ok(level >= 0 && Number.isFinite(utilisation) && deployment.active >= 0, name);
      }
      traffic.finish();
      assert.equal(deployment.active, 0);
      assert.equal(traffic.to.chores.dueMs, null);
      const batches = names.filter((name) => name === 'batch').length;
      const counted = deployment.served + deployment.refused - traffic.asked;
      // A line that is refused comes again; one of a batch that was cancelled may never come.
      assert.ok(counted >= 0 && (deployment.refused > 0 || counted <= batches * LINES), `${counted}`);
    }),
    { seed: 11, numRuns: 300 },
  );
});
