import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSearch } from './file-search.ts';
import { type Held, NOTHING_HELD, type Passage, type SearchAsked } from './held.ts';

const PASSAGE: Passage = { fileId: 'file-1', filename: 'a.md', score: 0.9, text: 'One.\nTwo.', attributes: {} };
const TURNS = [
  { role: 'user', text: 'Earlier' },
  { role: 'user', text: 'Where?' },
] as const;

/** Holds the store `vs_1`, and notes what is asked. */
function holding(asked: SearchAsked[] = []): Held {
  return {
    ...NOTHING_HELD,
    has: (kind, id) => kind === 'vectorStore' && id === 'vs_1',
    search: (each) => {
      asked.push(each);
      return [PASSAGE];
    },
  };
}

function tool(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { tools: [{ type: 'function' }, { type: 'file_search', vector_store_ids: ['vs_1'], ...fields }] };
}

test('readFileSearch: asks the last question, and puts what was found before the prompt', () => {
  const asked: SearchAsked[] = [];
  const read = readFileSearch(tool({ max_num_results: 3 }), TURNS, holding(asked));
  assert.ok('searched' in read);
  assert.deepEqual(
    asked.map(({ filter: _, ...rest }) => rest),
    [{ vectorStoreIds: ['vs_1'], question: 'Where?', passagesMax: 3, scoreMin: 0 }],
  );
  assert.deepEqual(read.turns, [{ role: 'system', text: 'Sources:\n[a.md]: One. Two.' }]);
  assert.deepEqual(read.searched, { query: 'Where?', passages: [PASSAGE], shown: false });
});

test('readFileSearch: the passages themselves are shown on demand; filter and threshold are handed on', () => {
  const asked: SearchAsked[] = [];
  const filters = { type: 'eq', key: 'team', value: 'water' };
  const body = tool({ filters, ranking_options: { score_threshold: 0.5 } });
  const read = readFileSearch({ ...body, include: ['file_search_call.results'] }, TURNS, holding(asked));
  assert.equal('searched' in read && read.searched?.shown, true);
  assert.deepEqual([asked[0]?.scoreMin, asked[0]?.passagesMax], [0.5, 20]);
  assert.deepEqual([asked[0]?.filter({ team: 'water' }), asked[0]?.filter({ team: 'wind' })], [true, false]);
});

const UNSEARCHED: ReadonlyArray<
  readonly [name: string, body: Record<string, unknown>, turns: typeof TURNS | readonly []]
> = [
  ['without the tool', { tools: [{ type: 'web_search' }] }, TURNS],
  ['without tools', {}, TURNS],
  ['where no tool may be called', { ...tool(), tool_choice: 'none' }, TURNS],
  ['where nobody asked anything', tool(), []],
];

for (const [name, body, turns] of UNSEARCHED) {
  test(`readFileSearch: nothing is searched ${name}`, () =>
    assert.deepEqual(readFileSearch(body, turns, holding()), { searched: null, turns: [] }));
}

const REFUSED: ReadonlyArray<
  readonly [name: string, fields: Record<string, unknown>, status: number, param: string | null]
> = [
  ['no stores', { vector_store_ids: undefined }, 400, 'tools[1].vector_store_ids'],
  ['an empty list of stores', { vector_store_ids: [] }, 400, 'tools[1].vector_store_ids'],
  ['a store that is no text', { vector_store_ids: [7] }, 400, 'tools[1].vector_store_ids'],
  ['a store of another resource', { vector_store_ids: ['vs_1', 'vs_2'] }, 404, null],
  ['more than 50 passages', { max_num_results: 51 }, 400, 'tools[1].max_num_results'],
  ['no passages', { max_num_results: 0 }, 400, 'tools[1].max_num_results'],
  ['a filter that is none', { filters: { type: 'like' } }, 400, 'filters'],
];

for (const [name, fields, status, param] of REFUSED) {
  test(`readFileSearch: refuses ${name}`, () => {
    const read = readFileSearch(tool(fields), TURNS, holding());
    assert.ok('refusal' in read);
    assert.deepEqual([read.refusal.status, JSON.parse(read.refusal.body).error.param], [status, param]);
  });
}
