/** The document of the API against the server's routes, and within itself. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { COMPATIBLE } from '../compat/compat.ts';
import { chatApp } from '../server/app.ts';
import { started } from '../server/testing/chat.ts';
import { OPERATIONS, openApi, refusalsOf } from './document.ts';
import { REFUSAL_STATUS } from './refusals.ts';
import { openApiRoutes } from './routes.ts';
import { at } from './testing/held.ts';

const OIDC = {
  SPILLWAY_CHAT_AUTH: 'oidc',
  SPILLWAY_CHAT_OIDC_ISSUER: 'https://issuer.example',
  SPILLWAY_CHAT_OIDC_CLIENT_ID: 'chat',
  SPILLWAY_CHAT_OIDC_CLIENT_SECRET: 'secret-of-the-test',
  SPILLWAY_CHAT_OIDC_REDIRECT_URL: 'https://chat.example/auth/callback',
};
/** The look of the document's own page. */
const NO_API = ['get /openapi/style.css'];

test('openApi: tells each route of the server, and none that it does not have', async (t) => {
  const { chat } = await started(t, new FakeModels(), { env: OIDC });
  const { routes } = chatApp(chat.parts, [...COMPATIBLE, openApiRoutes]);
  const served = routes
    .filter(({ method, path }) => method !== 'ALL' && path !== '/*')
    .map(({ method, path }) =>
      `${method} ${path}`
        .toLowerCase()
        .replace(/:(\w+)/g, '{$1}')
        .replace('*', '{path}'),
    );
  const told = OPERATIONS.map(({ method, path }) => `${method} ${path}`.toLowerCase());
  assert.ok(served.length > 40, `only ${served.length} routes seen`);
  assert.deepEqual(told.toSorted(), [...new Set(served)].filter((each) => !NO_API.includes(each)).toSorted());
});

test('openApi: every schema is good JSON Schema, each that is named is there, and each that is there is used', () => {
  const document = openApi('test');
  const ajv = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false });
  ajv.addKeyword('components').addSchema({ $id: 'api', components: document.components });
  const names = Object.keys(document.components.schemas);
  assert.ok(names.length > 40, `only ${names.length} schemas seen`);
  for (const name of names) assert.ok(ajv.getSchema(`api#/components/schemas/${name}`), name);
  const text = JSON.stringify(document);
  const used = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(used)].toSorted(), names.toSorted());
});

test('openApi: an operation has a name of its own, and parameters for all that its path leaves open', () => {
  const { paths } = openApi('test');
  const ids = OPERATIONS.map(({ method, path }) => at(paths, path, method).operationId);
  assert.equal(new Set(ids).size, OPERATIONS.length);
  assert.ok(ids.includes('postApiDocumentsIdReindex'));
  const { parameters } = at(paths, '/api/conversations', 'get');
  assert.deepEqual(parameters, [
    { name: 'search', in: 'query', required: false, schema: { type: 'string', maxLength: 200 } },
    {
      name: 'limit',
      in: 'query',
      required: false,
      schema: { default: 100, type: 'integer', minimum: 1, maximum: 200 },
    },
  ]);
});

test('REFUSAL_STATUS: is what the routes send, and each is told of a route or may come from any', async () => {
  const folder = join(import.meta.dirname, '..');
  let calls = 0;
  for await (const file of glob('{server,compat,openapi}/**/*.ts', { cwd: folder })) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, status, code = ''] of text.matchAll(/\brefuse\(\s*c,\s*(\d+),\s*'(\w+)'/g)) {
      calls++;
      assert.equal(new Map(Object.entries(REFUSAL_STATUS)).get(code), Number(status), `${file}: ${code}`);
    }
  }
  assert.ok(calls > 30, `only ${calls} refusals seen`);
  const told = new Set(OPERATIONS.flatMap((each) => refusalsOf(each)));
  const untold = Object.keys(REFUSAL_STATUS).filter((code) => ![...told].some((each) => each === code));
  assert.deepEqual(untold, ['foreignHost', 'foreignOrigin', 'internal', 'noLength', 'noRoute']);
});
