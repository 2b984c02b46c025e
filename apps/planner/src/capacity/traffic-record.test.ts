import assert from 'node:assert/strict';
import test from 'node:test';
import { type CsvColumn, csvHeader, csvRecord, type LineRead, logRecord } from './traffic-record.ts';

const LOG =
  '{"level":"info","time":"2026-11-21T04:11:44.442Z","event":"exchange","requestId":"e4fa","client":"chat-app","operation":"chat.completions","model":"gpt-4o","deployment":"openai1/chat","attempts":1,"status":200,"promptTokens":9,"completionTokens":52,"cachedTokens":4,"msg":"Answered"}';
const AT_MS = Date.parse('2026-11-21T04:11:44.442Z');
const RECORD = {
  atMs: AT_MS,
  model: 'gpt-4o',
  calls: 1,
  promptTokens: 9,
  cachedTokens: 4,
  answerTokens: 52,
  maxTokens: null,
};

test('logRecord: exchanges that asked for capacity, and nothing else', () => {
  const rows: ReadonlyArray<readonly [name: string, line: string, want: LineRead]> = [
    ['an exchange', LOG, RECORD],
    ['behind a prefix of a collector', `2026-11-21 stdout F ${LOG}`, RECORD],
    [
      'refused: asked, and nobody told its tokens',
      LOG.replace(':200', ':429').replace('Tokens":9', 'Tokens":null').replace('52', 'null').replace(':4,', ':null,'),
      { ...RECORD, promptTokens: null, cachedTokens: 0, answerTokens: 0 },
    ],
    ['more cached than there is', LOG.replace('"cachedTokens":4', '"cachedTokens":40'), { ...RECORD, cachedTokens: 9 }],
    ['an error of the client', LOG.replace('200', '400'), null],
    ['another event', LOG.replace('exchange', 'attempt'), null],
    ['text of another program', 'listening on 8080', null],
    ['an empty line', '', null],
    ['cut off', LOG.slice(0, 150), { problem: 'is not whole JSON' }],
    ['without a time', LOG.replace('"time"', '"at"'), { problem: 'time undefined is no moment' }],
    [
      'tokens that are none',
      LOG.replace('"promptTokens":9', '"promptTokens":-9'),
      { problem: 'tokens are no numbers from 0' },
    ],
  ];
  for (const [name, line, want] of rows) assert.deepEqual(logRecord(line), want, name);
});

function header(line: string, named: ReadonlyMap<CsvColumn, string> = new Map()) {
  const read = csvHeader(line, named);
  return 'problem' in read ? assert.fail(read.problem) : read;
}

test('csvHeader: finds columns by their usual names, by those that the user says, and says what is missing', () => {
  assert.equal(header('Time;Input Tokens;Output Tokens').separator, ';');
  assert.deepEqual(
    [...header('\uFEFFtimestamp,prompt_tokens,CompletionTokens,"model"').at],
    [
      ['time', 0],
      ['prompt', 1],
      ['answer', 2],
      ['model', 3],
    ],
  );
  assert.equal(header('When\tprompt\tanswer', new Map([['time', 'When']])).at.get('time'), 0);
  const rows: ReadonlyArray<readonly [line: string, named: ReadonlyMap<CsvColumn, string>, want: RegExp]> = [
    [
      '2026-11-21,5,6',
      new Map(),
      /has no header with time, prompt_tokens, completion_tokens \(it begins "2026-11-21,5,6"\); name columns so, or --columns/,
    ],
    ['time,prompt', new Map(), /no header with completion_tokens/],
    ['time,prompt,answer', new Map([['cached', 'Hit']]), /has no column "Hit"/],
  ];
  for (const [line, named, want] of rows) {
    const read = csvHeader(line, named);
    assert.match('problem' in read ? read.problem : 'read', want, line);
  }
});

test('csvRecord: reads a row, or says what is wrong with it', () => {
  const head = header('time,prompt_tokens,completion_tokens,cached_tokens,model,calls,max_tokens');
  const own = {
    atMs: AT_MS,
    model: 'gpt-4o',
    calls: 1,
    promptTokens: 9,
    cachedTokens: 4,
    answerTokens: 52,
    maxTokens: null,
  };
  const rows: ReadonlyArray<readonly [row: string, want: LineRead]> = [
    ['2026-11-21T04:11:44.442Z,9,52,4,gpt-4o,,', own],
    ['2026-11-21 04:11:44.442,9,52,4,"gpt-4o",,', own],
    ['2026-11-21T05:11:44.442+01:00, 9 ,52,4,gpt-4o,1,', own],
    ['1795234304.442,9,52,4,gpt-4o,1,', own],
    ['1795234304442,9,52,4,gpt-4o,1,', own],
    [
      '2026-11-21T04:11:44.442Z,900,5200,0,,100,800',
      { ...own, model: null, calls: 100, promptTokens: 900, answerTokens: 5200, cachedTokens: 0, maxTokens: 800 },
    ],
    ['1795234304442,9,52,4,"a ""b"", c",1,', { ...own, model: 'a "b", c' }],
    ['', null],
    [
      'yesterday,9,52,4,gpt-4o,1,',
      { problem: 'time "yesterday" is no moment; write 2026-11-21T10:00:00Z or seconds since 1970' },
    ],
    ['1795234304442,,52,4,gpt-4o,1,', { problem: 'prompt_tokens "" is no number from 0' }],
    ['1795234304442,9,-1,4,gpt-4o,1,', { problem: 'completion_tokens "-1" is no number from 0' }],
    ['1795234304442,9,52,10,gpt-4o,1,', { problem: "10 cached tokens are more than the prompt's 9" }],
    ['1795234304442,9', { problem: 'has 2 cells, the header 7' }],
    ['1795234304442,9,52,4,"gpt,1,', { problem: 'a quoted cell does not end on its line' }],
  ];
  for (const [row, want] of rows) assert.deepEqual(csvRecord(row, head), want, row);
});
