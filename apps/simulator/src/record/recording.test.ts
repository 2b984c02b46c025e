import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startSimulator } from '../simulator.ts';
import { HELLO, STREAM, until, wordsIn } from '../testing.ts';
import { CHAT, type Forwarded, GENERATED, KEY, type RigOptions, UPSTREAM_KEY, withFile, withRig } from './testing.ts';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';
const LATER: RigOptions = { mode: 'replay', upstreamUrl: null };

function answerStatus(status: number): (forwarded: Forwarded) => void {
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '5' });
    response.end(`{"status":${status}}`);
  };
}

test('Recording: a recorded answer is replayed when the upstream is gone, with status, headers and body', () =>
  withFile(async (file) => {
    let first = '';
    await withRig({ file }, async ({ chat, forwarded, statuses }) => {
      const answer = await chat(HELLO);
      first = answer.text;
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['x-ms-region'], 'Real East');
      assert.equal(answer.headers['x-ratelimit-limit-tokens'], '30000');
      assert.equal(forwarded.length, 1);
      assert.deepEqual(statuses, [200]);
    });
    await withRig({ ...LATER, file }, async ({ chat, statuses }) => {
      const answer = await chat(HELLO);
      assert.deepEqual([answer.status, answer.text, answer.whole], [200, first, true]);
      assert.equal(answer.headers['content-length'], String(first.length));
      assert.equal(answer.headers['x-ms-region'], 'East US', 'the region is the simulator’s');
      assert.deepEqual(statuses, [200]);
    });
  }));

test('Recording: record sends a request once, and whatever differs in key or query is equal', () =>
  withFile((file) =>
    withRig({ file }, async ({ chat, send, forwarded, recording }) => {
      const first = await chat(HELLO);
      const second = await send(CHAT.replace('2024-10-21', '2024-06-01'), {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
        body: HELLO,
      });
      assert.equal(second.text, first.text);
      assert.equal(forwarded.length, 1);
      await chat({ ...HELLO, temperature: 0 });
      assert.equal(forwarded.length, 2);
      assert.equal(recording.size, 2);
    }),
  ));

test('Recording: told so, record sends what it has again, and the newer answer counts', () =>
  withFile(async (file) => {
    let count = 0;
    const upstream = ({ response }: Forwarded) => response.end(`answer ${++count}`);
    await withRig({ file, again: true, upstream }, async ({ chat, recording }) => {
      assert.equal((await chat(HELLO)).text, 'answer 1');
      assert.equal((await chat(HELLO)).text, 'answer 2');
      assert.equal(recording.size, 1);
    });
    await withRig({ ...LATER, file }, async ({ chat }) => assert.equal((await chat(HELLO)).text, 'answer 2'));
  }));

test('Recording: the client’s credential stays here, the upstream’s goes up and never comes down or into the file', () =>
  withFile((file) =>
    withRig({ file }, async ({ send, forwarded, recording }) => {
      const answer = await send(`${CHAT}&api-key=${KEY}&x=1`, {
        headers: {
          'content-type': 'application/json',
          'api-key': KEY,
          cookie: 'session=abc',
          authorization: 'Bearer of-the-client',
          'x-ms-client-request-id': 'mine',
          'accept-encoding': 'gzip',
        },
        body: HELLO,
      });
      assert.equal(answer.status, 200);
      const { headers, url } = forwarded[0]?.request ?? {};
      assert.equal(headers?.['api-key'], UPSTREAM_KEY);
      assert.deepEqual(
        [headers?.cookie, headers?.authorization, headers?.['accept-encoding']],
        [undefined, undefined, undefined],
      );
      assert.equal(headers?.['x-ms-client-request-id'], 'mine');
      assert.equal(url, '/openai/deployments/chat/chat/completions?api-version=2024-10-21&x=1');
      assert.equal(answer.headers['set-cookie'], undefined);
      await recording.close();
      const stored = readFileSync(file, 'utf8');
      assert.doesNotMatch(stored, /simulated-key|key-of-the-real|session=|of-the-client|secret=1|Real East/);
      assert.match(stored, /api-version=2024-10-21&x=1/);
    }),
  ));

for (const mode of ['record', 'replay', 'passThrough'] as const) {
  test(`Recording: ${mode} refuses a wrong key before anything is sent or told`, () =>
    withFile(async (file) => {
      if (mode === 'replay') await withRig({ file }, async ({ chat }) => assert.equal((await chat(HELLO)).status, 200));
      await withRig({ mode, file }, async ({ chat, forwarded }) => {
        for (const body of [HELLO, { ...HELLO, seed: 1 }]) {
          const refused = await chat(body, { headers: { 'api-key': 'wrong' } });
          assert.deepEqual([refused.status, refused.statusText], [401, 'PermissionDenied']);
        }
        assert.equal(forwarded.length, 0);
      });
    }));
}

test('Recording: replay answers a miss with 404 that names method, path and key', () =>
  withFile(async (file) => {
    await withRig({ file }, async ({ chat }) => assert.equal((await chat(HELLO)).status, 200));
    await withRig({ ...LATER, file }, async ({ chat }) => {
      const missed = await chat({ ...HELLO, seed: 7 });
      assert.equal(missed.status, 404);
      const { error } = JSON.parse(missed.text);
      assert.equal(error.code, 'RecordingNotFound');
      assert.match(
        error.message,
        /POST \/openai\/deployments\/chat\/chat\/completions with the key exact:[0-9a-f]{64}/,
      );
    });
  }));

test('Recording: hybrid replays what there is and leaves the rest to be generated', () =>
  withFile(async (file) => {
    await withRig({ file }, async ({ chat }) => assert.equal((await chat(HELLO)).status, 200));
    await withRig({ mode: 'hybrid', file }, async ({ chat, forwarded }) => {
      assert.match((await chat(HELLO)).text, /"upstream":true/);
      assert.equal((await chat({ ...HELLO, seed: 7 })).text, GENERATED);
      assert.equal(forwarded.length, 0);
    });
  }));

test('Recording: a resource without upstream generates', () =>
  withFile(async (file) => {
    for (const mode of ['record', 'passThrough'] as const) {
      await withRig({ mode, file, upstreamUrl: null }, async ({ chat }) =>
        assert.equal((await chat(HELLO)).text, GENERATED),
      );
    }
  }));

for (const status of [400, 429, 500, 503]) {
  test(`Recording: a ${status} of the upstream is passed on and not kept, unless asked for`, () =>
    withFile(async (file) => {
      await withRig({ file, upstream: answerStatus(status) }, async ({ chat, forwarded, recording }) => {
        for (let i = 0; i < 2; i++) {
          const answer = await chat(HELLO);
          assert.deepEqual([answer.status, answer.headers['retry-after-ms']], [status, '5']);
        }
        assert.deepEqual([forwarded.length, recording.size], [2, 0]);
      });
      await withRig({ file, storeErrors: true, upstream: answerStatus(status) }, async ({ chat, forwarded }) => {
        for (let i = 0; i < 2; i++) assert.equal((await chat(HELLO)).status, status);
        assert.equal(forwarded.length, 1);
      });
    }));
}

test('Recording: an upstream that cannot be reached is a 502 that is not kept', () =>
  withFile((file) =>
    withRig({ file, upstreamUrl: NOWHERE }, async ({ chat, recording, statuses }) => {
      const answer = await chat(HELLO);
      assert.equal(answer.status, 502);
      assert.match(answer.text, /UpstreamFailed.*cannot be reached: ECONNREFUSED/);
      assert.deepEqual([recording.size, statuses], [0, [502]]);
    }),
  ));

test('Recording: an answer that the upstream breaks off is broken off and not kept', () =>
  withFile((file) => {
    const upstream = ({ response }: Forwarded): void => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {}\n\n', () => response.socket?.destroy());
    };
    return withRig({ file, upstream }, async ({ chat, recording }) => {
      const answer = await chat(STREAM);
      assert.deepEqual([answer.status, answer.text, answer.whole], [200, 'data: {}\n\n', false]);
      assert.equal(recording.size, 0);
    });
  }));

test('Recording: equal requests at once are sent once, also when the second comes in the middle of the answer', () =>
  withFile((file) => {
    const held: Forwarded[] = [];
    return withRig({ file, upstream: (forwarded) => held.push(forwarded) }, async ({ chat, forwarded }) => {
      const seen: string[] = [];
      const first = chat(STREAM, { onData: (text) => seen.push(text) });
      await until('the first was sent', () => held.length === 1);
      held[0]?.response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      await until('the first has a part', () => seen.length > 0);
      let begun = false;
      const second = chat(STREAM, { onData: () => (begun = true) });
      await until('the second has the same part', () => begun);
      held[0]?.response.end('data: 2\n\n');
      const answers = await Promise.all([first, second]);
      assert.deepEqual(
        answers.map(({ text, whole }) => [text, whole]),
        Array(2).fill(['data: 1\n\ndata: 2\n\n', true]),
      );
      assert.equal(forwarded.length, 1);
    });
  }));

test('Recording: different requests are on their way side by side', () =>
  withFile((file) => {
    const held: Forwarded[] = [];
    return withRig({ file, upstream: (forwarded) => held.push(forwarded) }, async ({ chat }) => {
      const answers = [1, 2, 3].map((seed) => chat({ ...HELLO, seed }));
      await until('all were sent', () => held.length === 3);
      for (const { response } of held.toReversed()) response.end('done');
      assert.deepEqual(
        (await Promise.all(answers)).map(({ text }) => text),
        ['done', 'done', 'done'],
      );
    });
  }));

test('Recording: a stream is replayed in the pace of its recording, times the speed', () =>
  withFile(async (file) => {
    const held: Forwarded[] = [];
    await withRig({ file, upstream: (forwarded) => held.push(forwarded) }, async ({ chat, networkClock }) => {
      let text = '';
      const answer = chat(STREAM, { onData: (so) => (text = so) });
      await until('it was sent', () => held.length === 1);
      const { response } = held[0] ?? assert.fail();
      networkClock.advance(1000);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      await until('the first piece came', () => text.endsWith('1\n\n'));
      networkClock.advance(500);
      response.write('data: 2\n\n');
      await until('the second piece came', () => text.endsWith('2\n\n'));
      networkClock.advance(500);
      response.end('data: [DONE]\n\n');
      assert.ok((await answer).whole);
    });
    await withRig({ ...LATER, file, speed: 2 }, async ({ chat, clock }) => {
      let text = '';
      const answer = chat(STREAM, { onData: (so) => (text = so) });
      for (const [afterMs, want] of [
        [500, 'data: 1\n\n'],
        [250, 'data: 2\n\n'],
      ] as const) {
        await until('it waits', () => clock.pending === 1);
        clock.advance(afterMs - 1);
        assert.equal(clock.pending, 1);
        assert.ok(!text.includes(want));
        clock.advance(1);
        await until('its time has come', () => text.endsWith(want));
      }
      clock.advance(250);
      const { whole, text: all, headers } = await answer;
      assert.deepEqual([whole, all], [true, 'data: 1\n\ndata: 2\n\ndata: [DONE]\n\n']);
      assert.equal(headers['transfer-encoding'], 'chunked');
    });
    await withRig({ ...LATER, file, speed: 0 }, async ({ chat }) => assert.ok((await chat(STREAM)).whole));
  }));

test('Recording: what is no text comes back byte for byte', () =>
  withFile(async (file) => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0xc3]);
    const upstream = ({ response }: Forwarded): void => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(bytes);
    };
    const speech = { method: 'POST', body: '{}' };
    const path = '/openai/deployments/chat/audio/speech?api-version=2024-10-21';
    await withRig({ file, upstream }, async (rig) => assert.equal((await rig.send(path, speech)).status, 200));
    assert.match(readFileSync(file, 'utf8'), /"base64":"\/\/4Aww=="/);
    await withRig({ ...LATER, file }, async (rig) => {
      const answer = await rig.send(path, speech);
      assert.deepEqual([answer.headers['content-length'], answer.text], ['4', bytes.toString('utf8')]);
    });
  }));

test('Recording: replay says what the limiter of today says, in place of what was recorded', () =>
  withFile(async (file) => {
    const upstream = ({ response }: Forwarded): void => {
      response.writeHead(200, {
        'x-ratelimit-remaining-tokens': '7',
        'x-ratelimit-old': '1',
        'x-request-id': 'old',
        'x-kept': 'yes',
      });
      response.end('{}');
    };
    await withRig({ file, upstream }, async ({ chat }) => assert.equal((await chat(HELLO)).status, 200));
    await withRig({ ...LATER, file }, async ({ chat }) => {
      const { headers } = await chat(HELLO);
      assert.notEqual(headers['x-ratelimit-remaining-tokens'], '7');
      assert.deepEqual(
        [headers['x-ratelimit-old'], headers['x-request-id'], headers['x-kept']],
        [undefined, undefined, 'yes'],
      );
    });
  }));

test('Recording: passThrough keeps the simulator’s limits: what they refuse is not sent', () =>
  withRig({ mode: 'passThrough' }, async ({ chat, forwarded, recording, statuses, clock }) => {
    const large = { ...HELLO, max_tokens: 10_000, n: 2 };
    const served = await chat(large);
    assert.equal(served.status, 200);
    assert.equal(served.headers['x-ms-region'], 'Real East', 'what the upstream says of itself passes');
    assert.ok(Number(served.headers['x-ratelimit-remaining-tokens']) < 10_000);
    const refused = await chat(large);
    assert.deepEqual([refused.status, forwarded.length], [429, 1]);
    clock.advance(Number(refused.headers['retry-after-ms']));
    assert.equal((await chat(large)).status, 200);
    assert.deepEqual([statuses, forwarded.length, recording.size], [[200, 429, 200], 2, 0]);
  }));

test('Recording: replay keeps the simulator’s limits', () =>
  withFile(async (file) => {
    const large = { ...HELLO, max_tokens: 10_000, n: 2 };
    await withRig({ file }, async ({ chat }) => assert.equal((await chat(large)).status, 200));
    await withRig({ ...LATER, file, speed: 0 }, async ({ chat }) => {
      assert.equal((await chat(large)).status, 200);
      assert.equal((await chat(large)).status, 429);
    });
  }));

test('Recording: passThrough sends equal requests each, and a path no quota counts', () =>
  withRig({ mode: 'passThrough' }, async ({ chat, send, forwarded }) => {
    await Promise.all([chat(HELLO), chat(HELLO)]);
    assert.equal((await send('/openai/files?api-version=2024-10-21')).status, 200);
    assert.deepEqual(
      forwarded.map(({ request }) => request.method),
      ['POST', 'POST', 'GET'],
    );
  }));

test('Recording: an upstream’s own path stands before that of the request', () =>
  withRig({ mode: 'passThrough' }, async ({ forwarded, chat }) => {
    await chat(HELLO);
    const { request } = forwarded[0] ?? assert.fail();
    const upstreamUrl = `http://${request.headers.host}/mounted/`;
    await withRig({ mode: 'passThrough', upstreamUrl }, async (second) => {
      assert.equal((await second.chat(HELLO)).status, 200);
      assert.equal(forwarded[1]?.request.url, `/mounted${CHAT}`);
    });
  }));

test('Recording: a simulator recorded by another answers as it did, plain and streamed', () =>
  withFile(async (file) => {
    const other = await startSimulator({
      port: 0,
      resources: [{ name: 'real', key: UPSTREAM_KEY, latency: { firstTokenMs: 0, perTokenMs: 0 } }],
    });
    const upstreamUrl = other.resources[0]?.url ?? '';
    const answers: string[] = [];
    try {
      await withRig({ file, upstreamUrl }, async ({ chat }) => {
        for (const body of [HELLO, STREAM]) answers.push((await chat(body)).text);
      });
    } finally {
      await other.close();
    }
    const [plain = '', streamed = ''] = answers;
    assert.equal(JSON.parse(plain).choices[0].message.content, wordsIn(streamed));
    await withRig({ ...LATER, file, upstreamUrl, speed: 0 }, async ({ chat }) => {
      assert.deepEqual([(await chat(HELLO)).text, (await chat(STREAM)).text], [plain, streamed]);
    });
  }));

test('Recording: answers under another matching are never found, and it says so', () =>
  withFile(async (file) => {
    await withRig({ file }, async ({ chat }) => assert.equal((await chat(HELLO)).status, 200));
    await withRig({ ...LATER, file, matching: { body: 'json' } }, async ({ chat, warnings }) => {
      assert.equal((await chat(HELLO)).status, 404);
      assert.match(warnings[0] ?? '', /1 of 1 answers were recorded under another matching than "json:"/);
    });
  }));

test('Recording: a mode that needs a file says so', async () => {
  await assert.rejects(
    withRig({ mode: 'hybrid' }, async () => {}),
    /recording\.file: is missing, and the mode hybrid needs it; name a JSONL file/,
  );
});
