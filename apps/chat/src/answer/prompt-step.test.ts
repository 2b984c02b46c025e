import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallParameters, StepEvent } from '../events.ts';
import type { PromptMessage } from '../models/models.ts';
import { PROMPT_CHARS_MAX, PROMPT_MESSAGES_MAX, promptStep } from './prompt-step.ts';

const PARAMETERS: CallParameters = {
  model: 'chat',
  temperature: 0.3,
  tokensMax: 1_024,
  reasoningEffort: null,
  seed: null,
};

function said(content: string, role: PromptMessage['role'] = 'user'): PromptMessage {
  return { role, content };
}

function about(messages: readonly PromptMessage[]) {
  const step: StepEvent = promptStep('answer', messages, PARAMETERS);
  assert.ok(step.about?.kind === 'prompt');
  return step.about;
}

test('promptStep: tells the messages as they were sent, in their order, and what was said beside them', () => {
  assert.deepEqual(
    promptStep('plan', [said('Make queries.', 'system'), said('And dogs?')], { ...PARAMETERS, seed: 7 }),
    {
      type: 'step',
      title: 'Prompt for the search queries',
      text: 'Model chat, at most 1024 tokens, temperature 0.3, seed 7; messages: 2.',
      ms: 0,
      about: {
        kind: 'prompt',
        call: 'plan',
        messages: [
          { role: 'system', content: 'Make queries.', cut: 0 },
          { role: 'user', content: 'And dogs?', cut: 0 },
        ],
        leftOut: 0,
        parameters: { model: 'chat', temperature: 0.3, tokensMax: 1_024, reasoningEffort: null, seed: 7 },
      },
    },
  );
});

test('promptStep: beyond the limit of characters the sources go before the instructions, these before the conversation', () => {
  const sources = 'S'.repeat(PROMPT_CHARS_MAX - 30);
  const { messages, leftOut } = about([
    said('I'.repeat(20), 'system'),
    said('old'),
    said('O'.repeat(15), 'assistant'),
    said(sources),
  ]);
  assert.deepEqual(
    messages.map(({ role, content, cut }) => [role, content.length, cut]),
    [
      ['system', 20, 0],
      ['assistant', 10, 5],
      ['user', PROMPT_CHARS_MAX - 30, 0],
    ],
  );
  assert.equal(leftOut, 1);
});

test('promptStep: a single message beyond the limit is cut, and says by how much', () => {
  const [message] = about([said('x'.repeat(PROMPT_CHARS_MAX + 7))]).messages;
  assert.deepEqual([message?.content.length, message?.cut], [PROMPT_CHARS_MAX, 7]);
});

test('promptStep: of more messages than the limit the oldest behind the first are left out', () => {
  const { messages, leftOut } = about(Array.from({ length: PROMPT_MESSAGES_MAX + 3 }, (_, i) => said(`${i}`)));
  assert.equal(leftOut, 3);
  assert.deepEqual(
    messages.slice(0, 2).map(({ content }) => content),
    ['0', '4'],
  );
});
