import assert from 'node:assert/strict';
import test from 'node:test';
import { ReportError, reportOf } from './read-report.ts';
import { calls, report } from './testing.ts';

test('reportOf: reads what was written, and says of anything else what it is not', () => {
  const given = report(calls(3));
  assert.deepEqual(reportOf(JSON.stringify(given), 'a.json'), JSON.parse(JSON.stringify(given)));
  const rows: ReadonlyArray<readonly [string, RegExp]> = [
    ['{', /^a\.json: is no JSON; spillway bench load --out/],
    ['[]', /its format is none, spillway-bench\/1 is wanted/],
    ['{"format":"other/2"}', /its format is other\/2/],
    [JSON.stringify({ ...given, targets: [{}] }), /is no report/],
    [JSON.stringify({ ...given, targets: null }), /is no report/],
  ];
  for (const [text, message] of rows)
    assert.throws(
      () => reportOf(text, 'a.json'),
      (error) => error instanceof ReportError && message.test(error.message),
      text,
    );
});

test('reportOf: a report that was written by an earlier version is read as one that knows nothing of what came later', () => {
  const given = report(calls(3));
  const targets = given.targets.map(({ network: _network, adjusted: _adjusted, hedges: _hedges, ...target }) => target);
  assert.deepEqual(
    reportOf(JSON.stringify({ ...given, targets }), 'a.json').targets,
    JSON.parse(JSON.stringify(given.targets)),
  );
});
