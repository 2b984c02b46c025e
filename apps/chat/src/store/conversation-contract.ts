/** What every {@link ConversationStore} keeps to, as tests. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type ConversationRow, type ConversationStore, StoreError, type TurnRow } from './store.ts';

export interface ConversationEngine {
  readonly name: string;
  /** Fresh and empty, closed after the test. */
  open(t: TestContext): Promise<ConversationStore>;
}

type Case = readonly [name: string, run: (store: ConversationStore) => Promise<void>];

export function conversationContract({ name, open }: ConversationEngine): void {
  for (const [what, run] of CASES) test(`${name}: ${what}`, async (t) => run(await open(t)));
}

function conversation(id: string, change: Partial<ConversationRow> = {}): ConversationRow {
  return { id, user: 'ann', title: `About ${id}`, isPinned: false, createdMs: 1_000.5, changedMs: 1_000.5, ...change };
}

function turn(id: string, of: string, change: Partial<TurnRow> = {}): TurnRow {
  const texts = { question: 'How much is the deposit?', answer: '150 euros [S1].', details: '[{"type":"phase"}]' };
  return { id, conversation: of, replaces: null, ...texts, feedback: null, createdMs: 2_000, ...change };
}

async function idsOf(store: ConversationStore, user: string | null, search: string | null = null): Promise<string[]> {
  return (await store.list(user, { search, limit: 10 })).map(({ id }) => id);
}

const CASES: readonly Case[] = [
  [
    'what was said is there again, in its order, with every field',
    async (store) => {
      await store.create(conversation('c1'));
      const turns = [
        turn('t2', 'c1'),
        turn('t1', 'c1', { replaces: 't2', feedback: { liked: false, comment: 'Köln?' } }),
      ];
      for (const row of turns) assert.equal(await store.addTurn(row, 'ann'), true);
      assert.deepEqual(await store.read('c1', 'ann'), { row: conversation('c1', { changedMs: 2_000 }), turns });
    },
  ],
  [
    'what there is of a user is counted, and of nobody else',
    async (store) => {
      for (const id of ['c1', 'c2']) await store.create(conversation(id));
      await store.create(conversation('c3', { user: 'bob' }));
      for (const [id, of, user] of [
        ['t1', 'c1', 'ann'],
        ['t2', 'c1', 'ann'],
        ['t3', 'c2', 'ann'],
        ['t4', 'c3', 'bob'],
      ] as const)
        await store.addTurn(turn(id, of), user);
      await store.feedback('t2', 'ann', { liked: true, comment: null });
      await store.share('c2', 'ann', { link: 'l', sharedMs: 3_000 });
      assert.deepEqual(await store.counts('ann'), { conversations: 2, questions: 3, rated: 1, shared: 1 });
      assert.deepEqual(await store.counts('bob'), { conversations: 1, questions: 1, rated: 0, shared: 0 });
      for (const other of ['ANN', null])
        assert.deepEqual(await store.counts(other), { conversations: 0, questions: 0, rated: 0, shared: 0 });
    },
  ],
  [
    'a list goes on where the one before ended',
    async (store) => {
      for (const [i, id] of ['c1', 'c2', 'c3'].entries())
        await store.create(conversation(id, { changedMs: 1_000 + i }));
      const from = async (skip: number) =>
        (await store.list('ann', { search: null, limit: 2, skip })).map(({ id }) => id);
      assert.deepEqual([await from(0), await from(2), await from(3)], [['c3', 'c2'], ['c1'], []]);
    },
  ],
  [
    "another user's conversation is not there, whatever is tried with it",
    async (store) => {
      await store.create(conversation('c1'));
      await store.addTurn(turn('t1', 'c1'), 'ann');
      for (const other of ['bob', 'ANN', '', "ann' OR '1'='1", null]) {
        assert.equal(await store.read('c1', other), null);
        assert.equal(await store.change('c1', other, { title: 'mine' }), false);
        assert.equal(await store.addTurn(turn('t2', 'c1'), other), false);
        assert.equal(await store.feedback('t1', other, { liked: true, comment: null }), false);
        assert.equal(await store.remove('c1', other), false);
        assert.equal(await store.removeAll(other), 0);
        assert.deepEqual(await idsOf(store, other), []);
      }
      assert.deepEqual(await store.read('c1', 'ann'), {
        row: conversation('c1', { changedMs: 2_000 }),
        turns: [turn('t1', 'c1')],
      });
    },
  ],
  [
    "nobody's conversation is found by its id alone, never listed, and not by somebody who is signed in",
    async (store) => {
      await store.create(conversation('c1', { user: null }));
      assert.equal(await store.addTurn(turn('t1', 'c1'), null), true);
      assert.equal((await store.read('c1', null))?.turns.length, 1);
      assert.equal(await store.read('c1', 'ann'), null);
      assert.deepEqual(await idsOf(store, null), []);
      assert.equal(await store.removeAll(null), 0);
      assert.equal(await store.remove('c1', null), true);
      assert.equal(await store.read('c1', null), null);
    },
  ],
  [
    'a list has the pinned first, then the last changed, no more than asked for',
    async (store) => {
      await store.create(conversation('old', { changedMs: 1 }));
      await store.create(conversation('pinned', { changedMs: 2, isPinned: true }));
      await store.create(conversation('new', { changedMs: 3 }));
      assert.deepEqual(await idsOf(store, 'ann'), ['pinned', 'new', 'old']);
      await store.addTurn(turn('t1', 'old'), 'ann');
      assert.deepEqual(await idsOf(store, 'ann'), ['pinned', 'old', 'new']);
      const rows = await store.list('ann', { search: null, limit: 1 });
      assert.deepEqual(
        rows.map(({ id }) => id),
        ['pinned'],
      );
    },
  ],
  [
    'a search looks into titles, questions and answers, without regard to case, and takes patterns for text',
    async (store) => {
      await store.create(conversation('c1', { title: 'Übergabe' }));
      await store.create(conversation('c2', { title: 'Pets' }));
      await store.addTurn(turn('t1', 'c2', { question: 'May the DOG come?', answer: '100% _yes_' }), 'ann');
      const table: ReadonlyArray<readonly [string, readonly string[]]> = [
        ['übergabe', ['c1']],
        ['PETS', ['c2']],
        ['dog', ['c2']],
        ['100%', ['c2']],
        ['%', ['c2']],
        ['_yes', ['c2']],
        ["'", []],
        ['\\', []],
      ];
      for (const [search, want] of table) assert.deepEqual(await idsOf(store, 'ann', search), want, search);
    },
  ],
  [
    'title and pin change alone or together, and a new title is what is searched',
    async (store) => {
      await store.create(conversation('c1'));
      assert.equal(await store.change('c1', 'ann', { isPinned: true }), true);
      assert.equal(await store.change('c1', 'ann', { title: 'Keys' }), true);
      assert.deepEqual((await store.read('c1', 'ann'))?.row, conversation('c1', { isPinned: true, title: 'Keys' }));
      assert.equal(await store.change('c1', 'ann', { isPinned: false, title: 'Doors' }), true);
      assert.deepEqual(await idsOf(store, 'ann', 'doors'), ['c1']);
      assert.deepEqual(await idsOf(store, 'ann', 'keys'), []);
      assert.equal(await store.change('none', 'ann', { title: 'x' }), false);
    },
  ],
  [
    'feedback is kept, changed and taken back',
    async (store) => {
      await store.create(conversation('c1'));
      await store.addTurn(turn('t1', 'c1'), 'ann');
      for (const feedback of [{ liked: true, comment: null }, { liked: false, comment: 'wrong "page"' }, null]) {
        assert.equal(await store.feedback('t1', 'ann', feedback), true);
        assert.deepEqual((await store.read('c1', 'ann'))?.turns[0]?.feedback, feedback);
      }
      assert.equal(await store.feedback('none', 'ann', null), false);
    },
  ],
  [
    'what is removed is gone with its turns, one or all of a user, and the rest stays',
    async (store) => {
      for (const [id, user] of [
        ['c1', 'ann'],
        ['c2', 'ann'],
        ['c3', 'ann'],
        ['c4', 'bob'],
      ] as const) {
        await store.create(conversation(id, { user }));
        await store.addTurn(turn(`t-${id}`, id), user);
      }
      assert.equal(await store.remove('c1', 'ann'), true);
      assert.equal(await store.remove('c1', 'ann'), false);
      assert.equal(await store.feedback('t-c1', 'ann', null), false);
      assert.equal(await store.removeAll('ann'), 2);
      assert.deepEqual(await idsOf(store, 'ann'), []);
      assert.equal((await store.read('c4', 'bob'))?.turns.length, 1);
    },
  ],
  [
    'an id that is there already is refused, and changes nothing',
    async (store) => {
      await store.create(conversation('c1'));
      await store.addTurn(turn('t1', 'c1'), 'ann');
      await assert.rejects(store.create(conversation('c1', { user: 'bob' })), StoreError);
      await assert.rejects(store.addTurn(turn('t1', 'c1', { createdMs: 9_000 }), 'ann'), StoreError);
      assert.equal((await store.read('c1', 'ann'))?.row.changedMs, 2_000);
    },
  ],
  [
    'a conversation is read by its link as it was when it was shared, until that is taken back or the conversation goes',
    async (store) => {
      await store.create(conversation('c1'));
      await store.addTurn(turn('t1', 'c1'), 'ann');
      assert.equal(await store.sharing('c1', 'ann'), null);
      const first = { link: 'one', sharedMs: 2_000 };
      assert.deepEqual(await store.share('c1', 'ann', first), first);
      await store.addTurn(turn('t2', 'c1', { createdMs: 3_000 }), 'ann');
      const row = conversation('c1', { changedMs: 3_000 });
      assert.deepEqual(await store.shared('one'), { row, turns: [turn('t1', 'c1')], sharedMs: 2_000 });
      const again = await store.share('c1', 'ann', { link: 'two', sharedMs: 3_000 });
      assert.deepEqual(again, { link: 'one', sharedMs: 3_000 }, 'the link that is there stays');
      assert.deepEqual(await store.sharing('c1', 'ann'), again);
      assert.equal((await store.shared('one'))?.turns.length, 2);
      assert.equal(await store.shared('two'), null);
      assert.equal(await store.unshare('c1', 'ann'), true);
      assert.equal(await store.unshare('c1', 'ann'), false);
      assert.equal(await store.shared('one'), null);
      for (const [link, end] of [
        ['three', () => store.remove('c1', 'ann')],
        ['four', () => store.removeAll('ann')],
      ] as const) {
        await store.share('c1', 'ann', { link, sharedMs: 3_000 });
        await end();
        assert.equal(await store.shared(link), null, link);
        await store.create(conversation('c1'));
        assert.equal(await store.sharing('c1', 'ann'), null, link);
      }
    },
  ],
  [
    "another user's conversation is neither shared nor taken back",
    async (store) => {
      await store.create(conversation('c1'));
      const share = { link: 'one', sharedMs: 2_000 };
      await store.share('c1', 'ann', share);
      for (const other of ['bob', '', null]) {
        assert.equal(await store.share('c1', other, { link: 'two', sharedMs: 9_000 }), null);
        assert.equal(await store.sharing('c1', other), null);
        assert.equal(await store.unshare('c1', other), false);
      }
      assert.deepEqual(await store.sharing('c1', 'ann'), share);
    },
  ],
];
