import assert from 'node:assert/strict';
import test from 'node:test';
import { FIGURE_KINDS, figureKind } from './figures.ts';

test('FIGURE_KINDS: each has a name of its own, a unit, and a definition that is a sentence', () => {
  assert.equal(new Set(FIGURE_KINDS.map(({ name }) => name)).size, FIGURE_KINDS.length);
  for (const kind of FIGURE_KINDS) {
    assert.match(kind.definition, /^\S.*\.$/, kind.id);
    assert.ok(kind.unit !== '', kind.id);
    assert.deepEqual(figureKind(kind.id), kind);
  }
});
