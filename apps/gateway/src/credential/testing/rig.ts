/** What the tests of credentials share: an environment for each way to a token, a source under a fake clock, and canaries. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { inspect } from 'node:util';
import { FakeClock } from '@spillway/clock';
import type { IdentityModule, LoadIdentity } from '../azure-cli.ts';
import type { CredentialEvent } from '../credential.ts';
import { CredentialError, credentialSource } from '../credential.ts';
import type { Environment } from '../method.ts';
import { type Asked, type FakeEndpoint, fakeEndpoint, type Reply } from './fake-endpoint.ts';

export const SCOPE = 'https://cognitiveservices.azure.com/.default';
export const ENTRA = { kind: 'entra', scope: SCOPE } as const;

/** Secrets that a test looks for afterwards in everything that can be seen. */
export const SECRET = 'canary-Secret/with+signs=&"quotes"';
export const ASSERTION = 'eyJhbGciOiJub25lIn0.canary-assertion.sig';
export const IDENTITY_HEADER = 'canary-identity-header';
export const TOKEN = 'canary-token-0123456789';
const CANARIES = [SECRET, encodeURIComponent(SECRET), ASSERTION, 'canary-assertion', IDENTITY_HEADER, TOKEN];

/** The package is not to be loaded where another way is there: then no token comes, and the test fails. */
const neverLoaded: LoadIdentity = () => {
  throw new Error('@azure/identity was loaded');
};

/** Closed ports of this machine, so that nothing is asked that is not meant. */
export const NOBODY = 'http://127.0.0.1:1';

export function setUp(env: Environment, loadIdentity: LoadIdentity = neverLoaded) {
  const clock = new FakeClock();
  const events: CredentialEvent[] = [];
  const watchers = new Set<() => void>();
  const onEvent = (event: CredentialEvent) => {
    events.push(event);
    for (const look of watchers) look();
  };
  const whenEvents = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (events.length < count) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
    });
  const deps = {
    clock,
    env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: NOBODY, ...env },
    onEvent,
    unit: () => 0,
    loadIdentity,
  };
  return { clock, events, whenEvents, deps, source: credentialSource(ENTRA, deps) };
}

export async function endpoint(t: TestContext, answer: (asked: Asked) => Reply | null): Promise<FakeEndpoint> {
  const fake = await fakeEndpoint(answer);
  t.after(() => fake.close());
  return fake;
}

export async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'spillway-credential-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

export const byClientSecret = (url: string): Environment => ({
  AZURE_CLIENT_SECRET: SECRET,
  AZURE_CLIENT_ID: 'client-1',
  AZURE_TENANT_ID: 'tenant/1',
  AZURE_AUTHORITY_HOST: url,
});

export const byWorkload = (url: string, file: string): Environment => ({
  AZURE_FEDERATED_TOKEN_FILE: file,
  AZURE_CLIENT_ID: 'client-1',
  AZURE_TENANT_ID: 'tenant-1',
  AZURE_AUTHORITY_HOST: `${url}/`,
});

export const byApp = (url: string): Environment => ({
  IDENTITY_ENDPOINT: `${url}/msi/token`,
  IDENTITY_HEADER,
  AZURE_CLIENT_ID: ' client-1 ',
});

export const byMachine = (url: string): Environment => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: url });

/** The Azure CLI as `@azure/identity` shows it. */
export function identityModule(
  getToken: () => Promise<{ token: string; expiresOnTimestamp: number } | null>,
): LoadIdentity {
  const module: IdentityModule = {
    AzureCliCredential: class {
      getToken = getToken;
    },
  };
  return () => Promise.resolve(module);
}

export async function failureOf(promise: Promise<unknown>): Promise<CredentialError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CredentialError, String(error));
  return error;
}

export function assertNoCanary(...seen: readonly unknown[]): void {
  const text = inspect(seen, { depth: null, showHidden: true, maxStringLength: null }) + JSON.stringify(seen);
  for (const canary of CANARIES) assert.ok(!text.includes(canary), `${canary} is in ${text}`);
}

/** The machine's service: refuses a question without its header, as Azure's does. */
export function machine(answer: () => Reply | null): (asked: Asked) => Reply | null {
  return ({ headers }) =>
    headers.metadata === 'true' ? answer() : { status: 400, body: '{"error":"invalid_request"}' };
}
