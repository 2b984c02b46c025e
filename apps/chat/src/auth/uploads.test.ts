import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../settings/settings.ts';
import type { Reader } from '../store/store.ts';
import { uploadRight } from './uploads.ts';

test('uploadRight: strangers may not unless that is said, then for themselves; a name by signing in is a name, whatever it looks like', () => {
  const ann: Reader = { user: 'ann', groups: [], isAdmin: false };
  const visitor: Reader = { user: 'visitor-1', groups: [], isAdmin: false };
  const local: Reader = { user: 'local', groups: [], isAdmin: true };
  const nobody: Reader = { user: null, groups: [], isAdmin: false };
  const asTold = { kind: 'asTold' };
  const none = { kind: 'none' };
  const rows: ReadonlyArray<readonly [Reader, string, string, unknown]> = [
    [visitor, 'none', '', none],
    [visitor, 'none', 'false', none],
    [visitor, 'none', 'true', { kind: 'onlyFor', user: 'visitor-1' }],
    [visitor, 'proxy', '', asTold],
    [ann, 'none', '', asTold],
    [ann, 'proxy', 'true', asTold],
    [ann, 'proxy', 'false', none],
    [local, 'none', 'false', asTold],
    [nobody, 'proxy', '', asTold],
  ];
  for (const [reader, auth, said, want] of rows) {
    const env = { AZURE_OPENAI_CUSTOM_URL: 'http://127.0.0.1:1', SPILLWAY_CHAT_AUTH: auth, USE_USER_UPLOAD: said };
    const read = readSettings(env);
    assert.ok(read.kind === 'ok');
    assert.deepEqual(uploadRight(reader, read.settings), want, `${reader.user} ${auth} ${said}`);
  }
});
