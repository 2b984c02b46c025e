import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Seal } from './seal.ts';

const ID = 'resp_0123456789abcdef0123456789abcdef0123456789abcdef';

test('Seal: an id comes back with its owner, keeps its prefix, and looks the same each time', () => {
  const seal = new Seal(['key']);
  const sealed = seal.seal(ID, 'openai2');
  assert.match(sealed, /^resp_swA[A-Za-z0-9_-]+$/);
  assert.deepEqual(seal.open(sealed), { kind: 'sealed', owner: 'openai2', id: ID });
  assert.equal(new Seal(['key']).seal(ID, 'openai2'), sealed, 'another replica seals it the same way');
  assert.notEqual(seal.seal(ID, 'openai3'), sealed);
  assert.ok(!sealed.includes('openai2') && !sealed.includes(ID.slice(5)));
});

test('Seal: any id and any owner come back (seed 11)', () => {
  const seal = new Seal(['key']);
  const id = fc.stringMatching(/^(?:resp_|file-|batch_output-|vs_|)[A-Za-z0-9][A-Za-z0-9_-]{5,60}$/);
  fc.assert(
    fc.property(id, fc.string({ minLength: 1, maxLength: 60 }), (text, owner) => {
      const sealed = seal.seal(text, owner);
      assert.deepEqual(seal.open(sealed), { kind: 'sealed', owner, id: text });
    }),
    { seed: 11 },
  );
});

test('Seal: ids of a resource are none of ours', () => {
  const seal = new Seal(['key']);
  for (const text of [ID, 'file-abc', '', 'swine_1', 'resp_sw', 'resp_swA', 'file-swAbcdefghijklmnopqrstu'])
    assert.equal(seal.open(text).kind, 'notSealed', text);
});

test('Seal: what is damaged, made up, or put under another prefix does not open', () => {
  const seal = new Seal(['key']);
  const sealed = seal.seal(ID, 'openai2');
  for (let i = 'resp_swA'.length; i < sealed.length; i += 7) {
    const damaged = `${sealed.slice(0, i)}${sealed[i] === 'A' ? 'B' : 'A'}${sealed.slice(i + 1)}`;
    assert.equal(seal.open(damaged).kind, 'broken', String(i));
  }
  assert.equal(seal.open(sealed.replace('resp_', 'file-')).kind, 'broken');
  assert.equal(seal.open(sealed.slice(0, -3)).kind, 'broken');
});

test('Seal: an older key still opens, the first one seals, and a key that is gone opens nothing', () => {
  const old = new Seal(['old']);
  const both = new Seal(['new', 'old']);
  const sealed = old.seal(ID, 'openai1');
  assert.equal(both.open(sealed).kind, 'sealed');
  assert.equal(old.open(both.seal(ID, 'openai1')).kind, 'broken');
  assert.equal(new Seal(['new']).open(sealed).kind, 'broken');
});

test('Seal: without a key each process draws its own', () => {
  const sealed = new Seal([]).seal(ID, 'openai1');
  assert.equal(new Seal([]).open(sealed).kind, 'broken');
});

test('Seal: contents carry their owner before them and stay as they are', () => {
  const seal = new Seal(['key']);
  const sealed = seal.sealContent('gAAAAAB+/x==', 'openai3');
  assert.ok(sealed.endsWith('.gAAAAAB+/x=='));
  assert.deepEqual(seal.openContent(sealed), { kind: 'sealed', owner: 'openai3', id: 'gAAAAAB+/x==' });
  assert.equal(seal.openContent('gAAAAAB+/x==').kind, 'notSealed');
  assert.equal(new Seal(['other']).openContent(sealed).kind, 'broken');
  assert.equal(seal.openContent('sealed_swAxyz').kind, 'broken');
});
