import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Agenda, type Entry } from './agenda.ts';

function entry(): Entry {
  return { atMs: 0, place: -1 };
}

const STEPS = fc.array(
  fc.record({ what: fc.constantFrom('set', 'drop', 'take'), which: fc.nat(9), atMs: fc.nat(20) }),
  { maxLength: 60 },
);

test('Agenda: gives what is due first, whatever was entered, moved and dropped before', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const agenda = new Agenda<Entry>();
      const items = Array.from({ length: 10 }, entry);
      const model = new Set<Entry>();
      for (const { what, which, atMs } of steps) {
        const item = what === 'take' ? agenda.first : (items[which] ?? null);
        if (item === null) continue;
        if (what === 'set') {
          agenda.set(item, atMs);
          model.add(item);
        } else {
          agenda.drop(item);
          model.delete(item);
        }
        assert.equal(agenda.size, model.size);
        const earliestMs = Math.min(Number.POSITIVE_INFINITY, ...[...model].map((each) => each.atMs));
        assert.equal(agenda.nextAtMs, earliestMs);
        for (const each of items) assert.equal(each.place >= 0, model.has(each));
      }
    }),
    { seed: 20261121 },
  );
});
