import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_PAINT } from '../lines.ts';
import { Screen } from '../screen.ts';
import { showOf } from './show.ts';
import { fakeIo, LINE, PROGRESS, result, runReport } from './testing/run.ts';

function terminal() {
  const listeners = new Set<() => void>();
  const shown = {
    columns: 80,
    rows: 24,
    text: '',
    write: (text: string) => {
      shown.text += text;
    },
    on: (_: 'resize', listener: () => void) => listeners.add(listener),
    off: (_: 'resize', listener: () => void) => listeners.delete(listener),
    resize: (columns: number) => {
      shown.columns = columns;
      shown.text = '';
      for (const listener of listeners) listener();
    },
    listeners,
  };
  return shown;
}

const ASK = { mode: 'closed loop', format: 'human', isJson: false } as const;
const fake = (more = {}) => fakeIo(async () => runReport(), more);

test('showOf: no terminal, a line each second, with its phase; the mode first and not among the data', () => {
  const { io, written } = fake();
  const show = showOf(ASK, io);
  show.line(LINE, { ...PROGRESS, phase: 'warmUp' });
  show.line(LINE, PROGRESS);
  show.line(LINE, { ...PROGRESS, phase: 'drain' });
  show.note('noted');
  show.close();
  const lines = written.out.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => /\((.*)\)$/.exec(line)?.[1] ?? ''),
    ['warming up', '', 'draining'],
  );
  assert.equal(written.err, 'closed loop\nnoted\n');
});

test('showOf: jsonl is the lines as objects, also on a terminal; --json is nothing until the report', () => {
  const jsonl = fake({ screen: () => assert.fail('no panel among the data') });
  showOf({ ...ASK, format: 'jsonl' }, jsonl.io).line(LINE, PROGRESS);
  assert.deepEqual(JSON.parse(jsonl.written.out), LINE);
  const json = fake();
  showOf({ ...ASK, isJson: true }, json.io).line(LINE, PROGRESS);
  assert.equal(json.written.out, '');
});

test('showOf: a panel on a terminal that is drawn anew when it is resized, and left as it stands', () => {
  const shown = terminal();
  const reserved: boolean[] = [];
  const { io, written } = fake({
    screen: (isReserved: boolean) => {
      reserved.push(isReserved);
      return new Screen(shown, NO_PAINT);
    },
  });
  const show = showOf({ ...ASK, isJson: true }, io);
  show.add(result());
  show.line(LINE, PROGRESS);
  assert.match(shown.text, /Spillway benchmark/);
  shown.resize(40);
  assert.match(shown.text, /Spillway benchmark/);
  show.close();
  assert.equal(shown.listeners.size, 0);
  assert.ok(shown.text.endsWith('\x1b[?25h'), 'the cursor comes back');
  assert.deepEqual([reserved, written.out, written.err], [[true], '', '']);
});
