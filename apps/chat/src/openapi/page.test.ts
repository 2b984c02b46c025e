/** The page of the API: what a browser gets, and what is on it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { started } from '../server/testing/chat.ts';
import { OPERATIONS, openApi } from './document.ts';
import { documentPage } from './page.ts';
import { fieldsOf, typeOf } from './schema-html.ts';

const HTML = documentPage(openApi('1.2.3'));

test('openApiRoutes: a browser gets a page, a tool the document; both before anybody signs in', async (t) => {
  const env = { SPILLWAY_CHAT_AUTH: 'proxy' };
  const { send } = await started(t, new FakeModels(), { env });
  const page = await send('/openapi', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.equal(page.headers.get('vary'), 'accept');
  assert.match(
    page.headers.get('content-security-policy') ?? '',
    /^default-src 'none'; script-src 'self'; style-src 'self'/,
  );
  assert.match(await page.text(), /^<!doctype html>\n<html lang="en">/);
  for (const [path, accept] of [
    ['/openapi', '*/*'],
    ['/openapi.json', 'text/html'],
  ] as const) {
    const answer = await send(path, { headers: { accept } });
    assert.equal((await answer.json()).openapi, '3.1.1', path);
  }
  const style = await send('/openapi/style.css');
  assert.deepEqual([style.status, style.headers.get('content-type')], [200, 'text/css; charset=utf-8']);
  assert.equal((await send('/openapi/other.css')).status, 401);
});

test('documentPage: shows every operation, and every link on it leads somewhere; nothing runs, and no style is within', () => {
  const shown = HTML.match(/<article><h3><span class="method/g) ?? [];
  assert.equal(shown.length, OPERATIONS.length);
  const ids = new Set([...HTML.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...HTML.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
  assert.ok(links.length > 100, `only ${links.length} links seen`);
  assert.deepEqual(
    links.filter((id) => !ids.has(id)),
    [],
  );
  assert.doesNotMatch(HTML, /<script|<style| style=| on\w+=|https?:/);
  assert.match(HTML, /<code>\/api\/documents\/\{id\}\/reindex<\/code>/);
  assert.match(HTML, /Version 1\.2\.3\./);
});

test('documentPage: what the document says is text, whatever it holds', () => {
  const { info, ...rest } = openApi('<b>');
  assert.match(documentPage({ info, ...rest }), /Version &#60;b&#62;\./);
});

const TYPES: ReadonlyArray<readonly [name: string, schema: Parameters<typeof typeOf>[0], html: string]> = [
  ['a name', { $ref: '#/components/schemas/Job' }, '<a href="#Job">Job</a>'],
  [
    'bounds',
    { type: 'integer', minimum: 1, maximum: 2_000, default: 3 },
    'integer, from 1, to 2,000, default <code>3</code>',
  ],
  ['one of', { type: 'string', enum: ['a', '<'] }, '<code>&#34;a&#34;</code> | <code>&#34;&#60;&#34;</code>'],
  ['a value', { type: 'string', const: 'x' }, '<code>&#34;x&#34;</code>'],
  ['a list', { type: 'array', items: { type: 'string' }, maxItems: 5 }, 'list of string, items to 5'],
  ['a list of anything', { type: 'array' }, 'list of anything'],
  ['a choice', { anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'string' }] }, 'string | null'],
  ['anything', {}, 'anything'],
  ['a file', { type: 'string', format: 'binary' }, 'string (binary)'],
];

for (const [name, schema, html] of TYPES) {
  test(`typeOf: ${name}`, () => assert.equal(typeOf(schema), html));
}

test('fieldsOf: an object tells its fields, with those within them; a choice tells each that has some', () => {
  const inner = { type: 'object', properties: { b: { type: 'null', description: '1 < 2' } }, required: ['b'] } as const;
  const b = '<dl class="fields"><dt><code>b</code></dt><dd>null<br>1 &#60; 2</dd></dl>';
  assert.equal(
    fieldsOf({ type: 'object', properties: { a: { ...inner, required: [...inner.required] } } }),
    `<dl class="fields"><dt><code>a</code></dt><dd>object <span class="soft">optional</span>${b}</dd></dl>`,
  );
  assert.equal(
    fieldsOf({ anyOf: [{ type: 'string' }, { ...inner, required: [...inner.required], description: 'one' }] }),
    `<ol class="choice"><li><p>one</p>${b}</li></ol>`,
  );
  assert.equal(fieldsOf({ type: 'string' }), '');
});
