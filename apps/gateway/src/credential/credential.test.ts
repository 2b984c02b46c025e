import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeClock } from '@spillway/clock';
import { credentialSource, REFUSAL_MS_MIN, sharedTokens } from './credential.ts';
import { tokenReply } from './testing/fake-endpoint.ts';
import { byClientSecret, ENTRA, endpoint, setUp, TOKEN } from './testing/rig.ts';

test('credentialSource: a key is there at once, the same object each time', async () => {
  const source = credentialSource({ kind: 'key', key: 'k' }, { clock: new FakeClock(), env: {} });
  assert.deepEqual(source.current(0), { name: 'api-key', value: 'k' });
  assert.equal(source.current(1), source.current(2));
  source.refused(3);
  assert.equal(await source.ready(), source.current(4));
  source.close();
});

test('sharedTokens: backends of one scope share one request and one token', async (t) => {
  const entra = await endpoint(t, ({ form }) => tokenReply(`for.${form.get('scope')?.length}`));
  const { deps, source: unused } = setUp(byClientSecret(entra.url));
  const shared = sharedTokens(deps);
  const [a, b] = [shared.source(ENTRA), shared.source(ENTRA)];
  const other = shared.source({ kind: 'entra', scope: 'https://ai.azure.com/.default' });
  const [ofA, ofB, ofOther] = await Promise.all([a.ready(), b.ready(), other.ready()]);
  assert.equal(ofA, ofB);
  assert.notEqual(ofA.value, ofOther.value);
  assert.equal(entra.asked.length, 2);
  for (const source of [a, b, other, unused]) source.close();
});

test('sharedTokens: the token outlives a source as long as another is open', async (t) => {
  const entra = await endpoint(t, () => tokenReply(TOKEN));
  const { deps, clock } = setUp(byClientSecret(entra.url));
  const shared = sharedTokens(deps);
  const old = shared.source(ENTRA);
  await old.ready();
  const reloaded = shared.source(ENTRA);
  old.close();
  old.close();
  assert.equal(reloaded.current(clock.nowMs())?.value, `Bearer ${TOKEN}`);
  reloaded.close();
  assert.equal(clock.pending, 0, 'no renewal is left');
  assert.equal(reloaded.current(clock.nowMs()), null);
  const anew = shared.source(ENTRA);
  assert.equal((await anew.ready()).value, `Bearer ${TOKEN}`);
  assert.equal(entra.asked.length, 2);
  anew.close();
});

test('CredentialSource.refused: takes the token from the backend that refused it, not from the others', async (t) => {
  let count = 0;
  const entra = await endpoint(t, () => tokenReply(`t${++count}`));
  const { deps, clock, events } = setUp(byClientSecret(entra.url));
  const shared = sharedTokens(deps);
  const [a, b] = [shared.source(ENTRA), shared.source(ENTRA)];
  await a.ready();
  clock.advance(REFUSAL_MS_MIN);
  a.refused(clock.nowMs());
  a.refused(clock.nowMs());
  assert.equal(a.current(clock.nowMs()), null);
  assert.equal(b.current(clock.nowMs())?.value, 'Bearer t1');
  assert.equal((await a.ready()).value, 'Bearer t2');
  assert.equal(b.current(clock.nowMs())?.value, 'Bearer t2');
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['tokenObtained', 'tokenRefused', 'tokenObtained'],
  );
  for (const source of [a, b]) source.close();
});

test('CredentialSource.refused: a young token is kept, so a backend without a role asks for one a minute at most', async (t) => {
  let count = 0;
  const entra = await endpoint(t, () => tokenReply(`t${++count}`));
  const { source, clock } = setUp(byClientSecret(entra.url));
  await source.ready();
  for (let elapsedMs = 0; elapsedMs < 10 * REFUSAL_MS_MIN; elapsedMs += REFUSAL_MS_MIN / 4) {
    source.refused(clock.nowMs());
    await source.ready();
    clock.advance(REFUSAL_MS_MIN / 4);
  }
  assert.equal(entra.asked.length, 10);
  source.close();
});

test('CredentialSource.refused: is a late event where a newer token has come meanwhile', async (t) => {
  let count = 0;
  const entra = await endpoint(t, () => tokenReply(`t${++count}`));
  const { source, clock, whenEvents } = setUp(byClientSecret(entra.url));
  await source.ready();
  clock.advance(3_600_000 - 300_000);
  await whenEvents(2);
  source.refused(clock.nowMs());
  assert.equal(source.current(clock.nowMs())?.value, 'Bearer t2');
  source.close();
});
