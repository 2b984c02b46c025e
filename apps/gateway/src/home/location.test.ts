import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testBackend } from '../testing/kit.ts';
import { mendLocations } from './location.ts';
import { Seal } from './seal.ts';

const seal = new Seal(['key']);
const ID = 'video_0123456789abcdef';
const SEALED = seal.seal(ID, 'openai1');
const HOST = 'https://openai1.openai.azure.com';

const TABLE: ReadonlyArray<readonly [what: string, value: string, want: string | null]> = [
  ['of the backend', `${HOST}/openai/v1/videos/${ID}?x=1`, `/openai/v1/videos/${SEALED}?x=1`],
  ['of the backend on another port', `${HOST}:444/openai/v1/videos/${ID}`, `/openai/v1/videos/${SEALED}`],
  ['a path alone', `/openai/v1/videos/${ID}`, `/openai/v1/videos/${SEALED}`],
  ['of another machine', 'https://blobs.example/file?sig=1', 'https://blobs.example/file?sig=1'],
  ['without an id', `${HOST}/openai/models`, '/openai/models'],
  ['that is none', 'https://', null],
];

for (const [what, value, want] of TABLE) {
  test(`mendLocations: a place ${what}`, () => {
    const headers = ['x-a', '1', 'Operation-Location', value, 'location', value, 'x-b', '2'];
    mendLocations(headers, testBackend('openai1'), seal);
    const places = want === null ? [] : ['Operation-Location', want, 'location', want];
    assert.deepEqual(headers, ['x-a', '1', ...places, 'x-b', '2']);
  });
}

test("mendLocations: the backend's base path is not the gateway's, and what is outside of it is left out", () => {
  const backend = testBackend('openai1', `${HOST}/team-a`);
  const headers = ['location', `${HOST}/team-a/openai/files/${ID}`, 'content-location', `${HOST}/other`];
  mendLocations(headers, backend, null);
  assert.deepEqual(headers, ['location', `/openai/files/${ID}`]);
});
