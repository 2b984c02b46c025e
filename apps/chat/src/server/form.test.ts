import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { started } from './testing/chat.ts';

const FILE = 'Content-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n# A\n\nText, and -- a line.\r\n';
const FIELD = 'Content-Disposition: form-data; name="x"\r\n\r\n\r\n';
const MULTIPART = 'multipart/form-data; boundary=----line';

function formed(parts: readonly string[], end = '------line--\r\n'): string {
  return parts.map((part) => `------line\r\n${part}`).join('') + end;
}

function boundedBy(boundary: string): readonly [type: string, body: string] {
  return [`multipart/form-data; boundary=${boundary}`, `--${boundary}\r\n${FILE}\r\n--${boundary}--\r\n`];
}

test('formOf: takes a form as people send it; one that is none, or made to be slow, is refused before it is parsed', async (t) => {
  const { send } = await started(t, new FakeModels());
  const fields = (count: number) => Array.from({ length: count }, () => FIELD);
  const rows: ReadonlyArray<readonly [name: string, type: string, body: string, want: number]> = [
    ['a file', MULTIPART, formed([FILE]), 202],
    ['a quoted boundary', 'Multipart/Form-Data; charset=utf-8; boundary="----line"', formed([FILE]), 202],
    ['a file behind fields', MULTIPART, formed([...fields(19), FILE]), 202],
    ['no file', MULTIPART, formed(fields(1)), 400],
    ['more parts than a form has', MULTIPART, formed([FILE, ...fields(20)]), 400],
    ['a part that is all head', MULTIPART, formed([`${'a: b\r\n'.repeat(4_000)}${FILE}`]), 400],
    ['a head without end', MULTIPART, formed(['a'.repeat(20_000)], ''), 400],
    ['cut in the middle', MULTIPART, formed([FILE], ''), 400],
    ['nothing', MULTIPART, '', 400],
    ['no boundary', 'multipart/form-data', formed([FILE]), 400],
    ['the longest boundary', ...boundedBy('b'.repeat(70)), 202],
    ['a longer one', ...boundedBy('b'.repeat(71)), 400],
    ['fields of an address', 'application/x-www-form-urlencoded', 'file=1&'.repeat(1_000), 400],
  ];
  for (const [name, type, body, want] of rows) {
    const answer = await send('/api/documents', { method: 'POST', headers: { 'content-type': type }, body });
    assert.equal(answer.status, want, name);
  }
});
