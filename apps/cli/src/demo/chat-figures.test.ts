import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChatRound, chatFailures, chatFigures } from './chat-figures.ts';
import { CHAT_PASSED } from './testing/scene.ts';

test('chatFigures: the chat app in numbers', () => {
  assert.deepEqual(chatFigures({ ...CHAT_PASSED, answered: 27, errors: 1, reasons: ['no'] }), {
    users: 10,
    documents: 27,
    passages: 131,
    notIndexed: ['scan.pdf: no page has text'],
    throttledResources: ['openai1', 'openai2'],
    asked: 30,
    answered: 27,
    errors: 1,
    unanswered: 2,
    movedElsewhere: 30,
    cited: 29,
    waited: 0,
    reasons: ['no'],
  });
  assert.equal(chatFigures({ ...CHAT_PASSED, indexed: null }).documents, 0);
});

test('chatFailures: tells each way in which nothing, or not all, was shown', () => {
  const cut = { documents: 3, passages: 9, skipped: [], failure: 'it was stopped' };
  const rows: ReadonlyArray<readonly [string, Partial<ChatRound>, RegExp | null]> = [
    ['all well, a scan aside', {}, null],
    [
      'an error',
      { answered: 29, errors: 1, reasons: ['throttled: no'] },
      /29 of 30 questions were answered: 1 ended with an error \(throttled: no\), 0 had no answer in time, 0 were not asked$/,
    ],
    ['no time', { asked: 20, answered: 18 }, /0 ended with an error, 2 had no answer in time, 10 were not asked$/],
    ['nothing moved', { moved: 0 }, /^no answer of the chat app moved elsewhere/],
    ['no index in time', { indexed: null }, /were not indexed: not in time$/],
    ['an index cut short', { indexed: cut }, /were not indexed: it was stopped$/],
  ];
  for (const [name, given, want] of rows) {
    const failures = chatFailures({ ...CHAT_PASSED, ...given });
    if (want === null) assert.deepEqual(failures, [], name);
    else assert.match(failures.join('\n'), want, name);
  }
});
