import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Dialect, parsePath, upstreamPath } from './paths.ts';

type Row = readonly [path: string, dialect: Dialect, deployment: string | null, operation: string];

const ACCEPTED: readonly Row[] = [
  ['/openai/deployments/gpt-4o/chat/completions', 'classic', 'gpt-4o', 'chat/completions'],
  ['/openai/deployments/chat/chat/completions', 'classic', 'chat', 'chat/completions'],
  ['/openai/deployments/deployments/embeddings', 'classic', 'deployments', 'embeddings'],
  ['/openai/deployments/openai/completions', 'classic', 'openai', 'completions'],
  ['/openai/deployments/v1/chat/completions', 'classic', 'v1', 'chat/completions'],
  ['/openai/deployments/gpt-3.5_turbo/images/generations', 'classic', 'gpt-3.5_turbo', 'images/generations'],
  ['/openai/deployments/.../chat/completions', 'classic', '...', 'chat/completions'],
  ['/openai/deployments/a%20b/chat/completions', 'classic', 'a b', 'chat/completions'],
  ['/openai/deployments/gpt%2D4o/chat/completions', 'classic', 'gpt-4o', 'chat/completions'],
  ['/openai/deployments/mod%C3%A8le/chat/completions', 'classic', 'modèle', 'chat/completions'],
  ['/openai/deployments/%F0%9F%98%80/embeddings', 'classic', '😀', 'embeddings'],
  ['/openai/deployments/m/extensions/chat/completions', 'classic', 'm', 'extensions/chat/completions'],
  ['/openai/deployments/m/chat/completions/', 'classic', 'm', 'chat/completions/'],
  ['/openai/deployments/m/Chat/Completions', 'classic', 'm', 'Chat/Completions'],
  ['/deployments/m/chat/completions', 'classic', 'm', 'chat/completions'],
  ['/openai/v1/chat/completions', 'v1', null, 'chat/completions'],
  ['/openai/v1/responses/resp_1/input_items', 'v1', null, 'responses/resp_1/input_items'],
  ['/openai/v1/models/ft%3Agpt-4o%3Aacme', 'v1', null, 'models/ft%3Agpt-4o%3Aacme'],
  ['/openai/v1/models/', 'v1', null, 'models/'],
  ['/openai/v1/deployments/m/chat/completions', 'v1', null, 'deployments/m/chat/completions'],
  ['/v1/embeddings', 'v1', null, 'embeddings'],
  ['/openai/responses', 'resource', null, 'responses'],
  ['/openai/files/file-1/content', 'resource', null, 'files/file-1/content'],
  ['/openai/images/generations:submit', 'resource', null, 'images/generations:submit'],
  ['/openai/models', 'resource', null, 'models'],
  ['/openai/deployments', 'resource', null, 'deployments'],
  ['/openai/deployments/m', 'resource', null, 'deployments/m'],
  ['/openai/deployments/m/', 'resource', null, 'deployments/m/'],
  ['/openai/v1', 'resource', null, 'v1'],
  ['/openai/v10/models', 'resource', null, 'v10/models'],
  ['/openai/deploymentsx/m/chat/completions', 'resource', null, 'deploymentsx/m/chat/completions'],
  ['/openai/files/.../...a', 'resource', null, 'files/.../...a'],
  ['/openai/anything/of/tomorrow', 'resource', null, 'anything/of/tomorrow'],
  ['/chat/completions', 'v1', null, 'chat/completions'],
  ['/embeddings', 'v1', null, 'embeddings'],
  ['/responses', 'v1', null, 'responses'],
  ['/responses/resp_1', 'v1', null, 'responses/resp_1'],
];

for (const [path, dialect, deployment, operation] of ACCEPTED) {
  test(`parsePath: ${path} is ${dialect}`, () => assert.deepEqual(parsePath(path), { dialect, deployment, operation }));
}

test('parsePath: the mounts are read in any case, the rest keeps its own', () => {
  const target = { dialect: 'classic', deployment: 'GPT', operation: 'Chat/completions' };
  assert.deepEqual(parsePath('/OpenAI/Deployments/GPT/Chat/completions'), target);
  assert.deepEqual(parsePath('/OPENAI/V1/models/X'), { dialect: 'v1', deployment: null, operation: 'models/X' });
  assert.deepEqual(parsePath('/Openai/Files'), { dialect: 'resource', deployment: null, operation: 'Files' });
});

test('parsePath: a bare operation with api-version is resource-level', () => {
  for (const bare of ['chat/completions', 'embeddings', 'responses', 'responses/resp_1']) {
    assert.deepEqual(parsePath(`/${bare}`, true), { dialect: 'resource', deployment: null, operation: bare });
  }
  assert.equal(parsePath('/openai/v1/responses', true)?.dialect, 'v1');
  assert.equal(parsePath('/openai/deployments/m/embeddings', true)?.dialect, 'classic');
});

const NOT_OURS: ReadonlyArray<readonly [why: string, path: string]> = [
  ['nothing', ''],
  ['the root', '/'],
  ['the bare mount', '/openai'],
  ['the bare mount with a slash', '/openai/'],
  ['another word that begins alike', '/openaix/models'],
  ['no leading slash', 'openai/models'],
  ['an absolute form', 'http://host/openai/models'],
  ['an asterisk', '*'],
  ['a bare operation we do not mount', '/files'],
  ['a bare operation that begins alike', '/responsesx'],
  ['a bare deployment without operation', '/deployments/m'],
  ['health', '/healthz'],
  ['another mount before ours', '/api/openai/models'],
];

const REFUSED: ReadonlyArray<readonly [why: string, path: string]> = [
  ['a doubled slash at the root', '//openai/models'],
  ['a doubled slash behind the mount', '/openai//v1/chat/completions'],
  ['an empty deployment', '/openai/deployments//chat/completions'],
  ['a doubled slash behind the deployment', '/openai/deployments/m//chat/completions'],
  ['a doubled slash in the operation', '/openai/deployments/m/chat//completions'],
  ['a doubled slash at the end', '/openai/v1/models//'],
  ['a deployment with a slash', '/openai/deployments/a%2Fb/chat/completions'],
  ['a deployment with a slash, small letters', '/openai/deployments/a%2fb/chat/completions'],
  ['a deployment with a backslash', '/openai/deployments/a%5Cb/chat/completions'],
  ['a deployment with a percent sign', '/openai/deployments/a%252Fb/chat/completions'],
  ['a deployment with a question mark', '/openai/deployments/a%3Fb/chat/completions'],
  ['a deployment with a hash sign', '/openai/deployments/a%23b/chat/completions'],
  ['a deployment with a line feed', '/openai/deployments/a%0Ab/chat/completions'],
  ['a deployment with a null byte', '/openai/deployments/a%00/chat/completions'],
  ['a deployment of .', '/openai/deployments/./chat/completions'],
  ['a deployment of ..', '/openai/deployments/../chat/completions'],
  ['a deployment of encoded ..', '/openai/deployments/%2e%2E/chat/completions'],
  ['a deployment of half-encoded ..', '/openai/deployments/.%2e/chat/completions'],
  ['a deployment with a broken escape', '/openai/deployments/a%/chat/completions'],
  ['a deployment with half an escape', '/openai/deployments/a%4/chat/completions'],
  ['a deployment with an escape of no number', '/openai/deployments/a%zz/chat/completions'],
  ['a deployment of broken UTF-8', '/openai/deployments/%FF/chat/completions'],
  ['a deployment of raw non-ASCII', '/openai/deployments/modèle/chat/completions'],
  ['.. in the operation', '/openai/deployments/m/../other/chat/completions'],
  ['.. at the end', '/openai/deployments/m/chat/..'],
  ['. in the operation', '/openai/deployments/m/./chat/completions'],
  ['.. below the resource', '/openai/../healthz'],
  ['.. below v1', '/openai/v1/../../admin'],
  ['.. below a bare operation', '/responses/../admin'],
  ['encoded ..', '/openai/v1/%2e%2e/models'],
  ['half-encoded ..', '/openai/v1/.%2E/models'],
  ['doubly encoded ..', '/openai/v1/%252e%252e/models'],
  ['overlong .', '/openai/v1/%c0%ae%c0%ae/models'],
  ['.. with a parameter', '/openai/v1/..;x=1/models'],
  ['an encoded slash', '/openai/v1/chat%2Fcompletions'],
  ['a doubly encoded slash', '/openai/v1/chat%252Fcompletions'],
  ['an encoded backslash', '/openai/v1/chat%5c..%5cmodels'],
  ['a raw backslash', '/openai\\deployments\\m\\chat'],
  ['a raw backslash in the operation', '/openai/v1/..\\models'],
  ['an encoded letter: deployments in disguise', '/openai/%64eployments/m/chat/completions'],
  ['an encoded digit: v1 in disguise', '/openai/v%31/chat/completions'],
  ['an encoded letter in the operation', '/openai/v1/ch%61t/completions'],
  ['an encoded mount', '/%6Fpenai/v1/models'],
  ['a hash sign', '/openai/v1/models#/x'],
  ['a question mark', '/openai/v1/models?x'],
  ['a blank', '/openai/v1/models /x'],
  ['a line feed', '/openai/v1/models\nx'],
  ['a null byte', '/openai/v1/models\0'],
  ['an encoded line feed', '/openai/v1/models%0d%0aX'],
  ['an encoded DEL', '/openai/v1/models%7F'],
  ['a broken escape', '/openai/v1/models/100%'],
  ['broken UTF-8', '/openai/v1/files/%e9'],
  ['raw non-ASCII', '/openai/v1/files/é'],
];

for (const [why, path] of [...NOT_OURS, ...REFUSED]) {
  test(`parsePath: null for ${why}: ${JSON.stringify(path)}`, () => {
    assert.equal(parsePath(path), null);
    assert.equal(parsePath(path, true), null);
  });
}

test('parsePath: an escaped byte in the operation passes only where no plain character could stand for it', () => {
  for (let byte = 0; byte < 256; byte++) {
    const c = String.fromCharCode(byte);
    const passes = byte > 0x1f && byte < 0x7f && !/[\w.~/\\%-]/.test(c);
    for (const hex of [byte.toString(16), byte.toString(16).toUpperCase()]) {
      const operation = `files/a%${hex.padStart(2, '0')}b`;
      assert.equal(parsePath(`/openai/v1/${operation}`)?.operation ?? null, passes ? operation : null, operation);
    }
  }
});

const UPSTREAM: ReadonlyArray<readonly [path: string, deployment: string | null, want: string]> = [
  ['/openai/deployments/chat/chat/completions', 'gpt', '/openai/deployments/gpt/chat/completions'],
  ['/openai/deployments/chat/chat/completions', null, '/openai/deployments/chat/chat/completions'],
  ['/deployments/chat/chat/completions', 'chat', '/openai/deployments/chat/chat/completions'],
  ['/OPENAI/Deployments/a/Files/X', 'b', '/openai/deployments/b/Files/X'],
  ['/openai/deployments/a/b/', 'é/ü', '/openai/deployments/%C3%A9%2F%C3%BC/b/'],
  ['/openai/v1/models/ft%3Ax', 'ignored', '/openai/v1/models/ft%3Ax'],
  ['/v1/embeddings', null, '/openai/v1/embeddings'],
  ['/openai/files/file-1', 'ignored', '/openai/files/file-1'],
  ['/chat/completions', null, '/openai/v1/chat/completions'],
];

for (const [path, deployment, want] of UPSTREAM) {
  test(`upstreamPath: ${path} for ${deployment} is ${want}`, () => {
    const target = parsePath(path);
    assert.ok(target !== null);
    assert.equal(upstreamPath(target, deployment), want);
  });
}

const name = fc.oneof(
  fc.constantFrom('chat', 'deployments', 'openai', 'v1', 'gpt-4.1-mini', '...', '.a'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
);
const usable = name.filter((n) => n !== '.' && n !== '..' && !/[/\\%?#\p{Cc}]/u.test(n));
const operation = fc.constantFrom(
  'chat/completions',
  'embeddings',
  'deployments/chat',
  'v1/models',
  'files/file-1/content',
  'models/ft%3Ax%20y',
  'images/generations:submit',
  'chat/completions/',
);

test('parsePath: reads what upstreamPath wrote, whatever the deployment is called', () => {
  fc.assert(
    fc.property(usable, usable, operation, (deployment, other, op) => {
      const target = { dialect: 'classic', deployment, operation: op } as const;
      assert.deepEqual(parsePath(upstreamPath(target, null)), target);
      assert.deepEqual(parsePath(upstreamPath(target, other)), { ...target, deployment: other });
    }),
  );
});

const hostile = fc.array(
  fc.constantFrom(
    ...['/', '/', '/', '.', '..', '%2e', '%2E%2e', '%252e', '%2f', '%5c', '\\', ';', '%', '%00', '#', '?', '@', ':'],
    ...['openai', 'OPENAI', 'deployments', 'v1', 'm', 'chat/completions', 'responses', '%64', 'é', '%C3%A9', '%25'],
  ),
  { maxLength: 14 },
);

test('upstreamPath: stays where parsePath put it, however often and in whatever manner it is read again', () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('/openai/', '/openai/v1/', '/openai/deployments/m/', '/responses/', '/'),
      hostile,
      (mount, parts) => {
        const target = parsePath(mount + parts.join(''));
        if (target === null) return;
        accepted++;
        const path = upstreamPath(target, target.deployment === null ? null : 'own');
        for (let read = path, times = 0; times < 3; times++, read = decodeLeniently(read)) {
          const normal = new URL(`http://host${read.replaceAll('\\', '/')}`).pathname;
          assert.equal(decodeLeniently(normal), decodeLeniently(read), `${path}, decoded ${times} times`);
        }
        const kind = /^\/openai\/deployments\/[^/]+\/./i.test(path)
          ? 'classic'
          : /^\/openai\/v1\/./i.test(path)
            ? 'v1'
            : 'resource';
        assert.equal(target.dialect, kind, path);
      },
    ),
    { numRuns: 5000 },
  );
  assert.ok(accepted > 100, `only ${accepted} paths were accepted: the property looked at nothing`);
});

function decodeLeniently(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

test('parsePath: time grows with the length only', () => {
  for (const part of ['a/', '%C3%A9', '.', '/', '%', 'a']) {
    parsePath(`/openai/deployments/m/${part.repeat(200_000)}!`);
    parsePath(`/openai/deployments/${part.repeat(200_000)}`);
  }
});
