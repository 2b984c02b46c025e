import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { story } from './story.ts';
import { testRecord } from './testing/record.ts';

const COLUMNS = 80;
/** `refused.txt`: nobody could be asked, and the client was told when to come back. */
const GOLDENS = [
  ['served.txt', testRecord()],
  [
    'refused.txt',
    {
      ...testRecord(),
      client: null,
      model: null,
      picks: testRecord().picks.slice(1, 2),
      picksLeftOut: 3,
      attempts: [],
      waits: [{ fromMs: 0, waitedMs: 250 }],
      status: 429,
      servedBy: null,
      retryAfterMs: 4_199,
      need: null,
      usage: { promptTokens: null, completionTokens: null, cachedTokens: null, reasoningTokens: null },
    },
  ],
  [
    'cut.txt',
    {
      ...testRecord(),
      ending: 'cut',
      picks: [],
      usageEstimated: true,
      usage: { promptTokens: 800, completionTokens: 12, cachedTokens: null, reasoningTokens: null },
    },
  ],
] as const;

for (const [name, record] of GOLDENS) {
  test(`story: is told as in golden/${name}, in ${COLUMNS} columns`, () => {
    const told = story(record);
    assert.equal(told, readFileSync(new URL(`./golden/${name}`, import.meta.url), 'utf8'));
    for (const line of told.split('\n')) assert.ok(line.length <= COLUMNS, `${line.length}: ${line}`);
  });
}
