import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { ArmFailure } from './arm-failure.ts';
import { endpointOf } from './endpoint.ts';
import { type LoadIdentity, signIn, TOKEN_MS_MAX } from './sign-in.ts';

const AZURE = endpointOf();
const HOUR_MS = 3_600_000;

/** An identity that gives token after token, each for an hour. */
function identity(clock: FakeClock, asked: string[]): LoadIdentity {
  return async () => ({
    DefaultAzureCredential: class {
      async getToken(scope: string) {
        asked.push(scope);
        return { token: `token-${asked.length}`, expiresOnTimestamp: clock.nowMs() + HOUR_MS };
      }
    },
  });
}

function failing(error: Error): LoadIdentity {
  return async () => ({
    DefaultAzureCredential: class {
      getToken() {
        return Promise.reject(error);
      }
    },
  });
}

test('signIn: a simulator gets its admin key where there is one, never a token', async () => {
  const loadIdentity: LoadIdentity = () => assert.fail('no identity is looked for');
  const clock = new FakeClock();
  const simulator = endpointOf('http://127.0.0.1:9000');
  assert.deepEqual(await signIn(simulator, { clock, env: {}, loadIdentity })(), {});
  const env = { SPILLWAY_ADMIN_KEY: ' secret ' };
  assert.deepEqual(await signIn(simulator, { clock, env, loadIdentity })(), { 'api-key': 'secret' });
});

test('signIn: Azure gets a token of its own scope, kept until shortly before its end, and no admin key', async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const proof = signIn(AZURE, { clock, env: { SPILLWAY_ADMIN_KEY: 'x' }, loadIdentity: identity(clock, asked) });
  assert.deepEqual(await proof(), { authorization: 'Bearer token-1' });
  clock.advance(HOUR_MS / 2);
  assert.deepEqual(await proof(), { authorization: 'Bearer token-1' });
  clock.advance(HOUR_MS / 2 - 1_000);
  assert.deepEqual(await proof(), { authorization: 'Bearer token-2' });
  assert.deepEqual(asked, ['https://management.azure.com/.default', 'https://management.azure.com/.default']);
  assert.equal(clock.pending, 0);
});

test('signIn: nobody signed in is told with both ways out, and without what a tool may have printed', async () => {
  const clock = new FakeClock();
  const missing = Object.assign(new Error('no'), { code: 'ERR_MODULE_NOT_FOUND' });
  const rows: ReadonlyArray<readonly [LoadIdentity, RegExp]> = [
    [failing(new Error('Unexpected token in JSON: eyJsecret')), /nobody is signed in \(no identity was found\)/],
    [
      failing(new Error('Error: AADSTS7000215: Invalid client secret.\neyJsecret')),
      /\(AADSTS7000215: Invalid client secret\.\)/,
    ],
    [() => Promise.reject(missing), /@azure\/identity is not installed/],
    [
      async () => ({
        DefaultAzureCredential: class {
          getToken = async () => null;
        },
      }),
      /no identity gave a token/,
    ],
  ];
  for (const [loadIdentity, want] of rows) {
    await assert.rejects(signIn(AZURE, { clock, env: {}, loadIdentity })(), (error: unknown) => {
      assert.ok(error instanceof ArmFailure);
      assert.equal(error.code, 'NotSignedIn');
      assert.match(error.message, want);
      assert.match(error.message, /az login.*--endpoint http:\/\/127\.0\.0\.1:9000 for the simulator/);
      assert.doesNotMatch(error.message, /eyJsecret/);
      return true;
    });
  }
});

test('signIn: an identity that stays silent is not waited for without end', async () => {
  const clock = new FakeClock();
  const aborted: AbortSignal[] = [];
  const loadIdentity: LoadIdentity = async () => ({
    DefaultAzureCredential: class {
      getToken(_: string, { abortSignal }: { readonly abortSignal: AbortSignal }) {
        aborted.push(abortSignal);
        return new Promise<null>(() => {});
      }
    },
  });
  const waits = assert.rejects(signIn(AZURE, { clock, env: {}, loadIdentity })(), /no identity answered within 60 s/);
  await Promise.resolve();
  clock.advance(TOKEN_MS_MAX);
  await waits;
  assert.ok(aborted.every((signal) => signal.aborted));
});
