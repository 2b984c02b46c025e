import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testRecord } from './testing/record.ts';
import { MISMATCHES_SHOWN_MAX, verdictText } from './verdict.ts';

const DIGEST = { place: 'digest', recorded: 'sha256:a', replayed: 'sha256:b' };

test('verdictText: says in one line that all came out the same', () => {
  const record = testRecord();
  const good = 'the record is as it was written.\n';
  assert.equal(verdictText(record, []), `\nReplayed: same choice, 3 times, bit for bit; ${good}`);
  const [first] = record.picks;
  assert.ok(first);
  assert.equal(verdictText({ ...record, picks: [first] }, []), `\nReplayed: same choice, bit for bit; ${good}`);
  assert.match(verdictText({ ...record, picks: [] }, []), /there was no choice to make again/);
});

test('verdictText: lists each mismatch with both values, and tells a changed choice from a changed rest', () => {
  const chosen = { place: 'picks[0].chosen', recorded: 'a/x', replayed: null };
  assert.match(
    verdictText(testRecord(), [chosen, DIGEST]),
    /^\nReplayed: 2 mismatches\n {2}picks\[0\]\.chosen: recorded "a\/x",\n {4}replayed null\n {2}digest:.*another version/s,
  );
  assert.match(verdictText(testRecord(), [DIGEST]), /1 mismatch\n.*something else of the record was changed\.\n$/s);
});

test('verdictText: lists so many mismatches at most, and counts the others', () => {
  const many = Array.from({ length: MISMATCHES_SHOWN_MAX + 3 }, () => DIGEST);
  const text = verdictText(testRecord(), many);
  assert.equal(text.split('digest:').length - 1, MISMATCHES_SHOWN_MAX);
  assert.match(text, /and 3 more/);
});
