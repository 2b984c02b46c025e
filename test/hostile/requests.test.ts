/** Each hostile request on a raw socket: refused as the table says, or passed on exactly so; nothing of it is left for the next. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RawAnswer } from '../sim/raw-http.ts';
import { HOSTILE } from './requests.ts';
import { BACKEND_KEY, KEY, Stage } from './stage.ts';

const CASES_MIN = 60;

test(`hostile requests: there are at least ${CASES_MIN}, each with a name of its own`, () => {
  assert.ok(HOSTILE.length >= CASES_MIN, `only ${HOSTILE.length}`);
  assert.equal(new Set(HOSTILE.map(({ name }) => name)).size, HOSTILE.length);
});

let stage: Stage;
before(async () => {
  stage = await Stage.start();
});
after(() => stage.close());

function said({ status, body }: RawAnswer): readonly [status: number, code: string | null] {
  if (status < 400 || body === '') return [status, null];
  const { error } = JSON.parse(body);
  return [status, typeof error.code === 'string' ? error.code : null];
}

for (const { name, bytes, wants, reaches = [], never, halfClose, bodiless } of HOSTILE) {
  test(`gateway: ${name}`, async () => {
    const from = stage.backend.reached.length;
    const { end, answers, rest } = await stage.send(bytes, { halfClose, bodiless });
    assert.equal(end, 'closed', 'the connection hangs');
    assert.equal(rest, '', 'an answer is cut');
    assert.deepEqual(answers.map(said), wants);
    for (const { body } of answers) assert.doesNotMatch(body, new RegExp(`${KEY}|${BACKEND_KEY}`));
    const reached = stage.backend.reached.slice(from);
    assert.deepEqual(
      reached.map(({ line, body }) => [line, body]),
      reaches,
    );
    for (const header of reached.flatMap(({ headers }) => headers)) {
      assert.ok(!header.includes(KEY), 'the key of the client went up');
      if (never !== undefined) assert.doesNotMatch(header, never);
    }
    await stage.isWell();
  });
}
