/** What the fake server answers: one handbook, one price list, and answers that show everything a page has to show. */
import type { Chunk } from '@spillway/rag';
import type { AnswerEventBody, GatewayEvent, SourceEvent, StepAbout } from '../../events.ts';
import type { DocumentRow } from '../../store/store.ts';

/** Something that happens on the way of a stream, or is waited for. */
export type Part =
  | AnswerEventBody
  | { readonly type: 'gate'; readonly open: Promise<void> }
  /** The connection breaks. */
  | { readonly type: 'cut' };

const PAGE_3 = 'House rules of the seaside flats.\n';
export const PASSAGE = 'The deposit is 100 euros. It is paid back within 14 days after the stay.';
const REST = '\nPets are welcome in the garden flats only.\n';
export const HANDBOOK_TEXT = `Welcome to Aster Lane Stays.\nArrival is from 3 pm.\n${PAGE_3}${PASSAGE}${REST}Bins are emptied on Tuesdays.\n`;
const start = HANDBOOK_TEXT.indexOf(PASSAGE);
const page3 = HANDBOOK_TEXT.indexOf(PAGE_3);
const page4 = HANDBOOK_TEXT.indexOf('Bins');

function chunk(index: number, page: number, headings: readonly string[], from: number, to: number): Chunk {
  return { index, text: HANDBOOK_TEXT.slice(from, to), headings, pageFrom: page, pageTo: page, start: from, end: to };
}

export const CHUNKS: readonly Chunk[] = [
  chunk(0, 1, [], 0, page3),
  chunk(1, 3, ['House rules', 'Deposit'], page3, start + PASSAGE.length),
  chunk(2, 3, ['House rules'], start + PASSAGE.length, page4),
  chunk(3, 4, ['Bins'], page4, HANDBOOK_TEXT.length),
];

const DOCUMENT = {
  category: null,
  language: 'en',
  hash: 'ab',
  mediaType: 'application/pdf',
  bytes: 1_234_567,
  pages: 4,
  chunks: CHUNKS.length,
  owner: null,
  access: { users: [], groups: [] },
  indexedMs: Date.UTC(2026, 10, 20),
};

export const DOCUMENTS: readonly DocumentRow[] = [
  { ...DOCUMENT, id: 'd1', path: 'guests/hand book.pdf', title: 'Guest handbook', category: 'rules' },
  {
    ...DOCUMENT,
    id: 'd2',
    path: 'staff/price-list.md',
    title: 'Price list for staff',
    mediaType: 'text/markdown',
    pages: null,
    bytes: 4_200,
    access: { users: [], groups: ['staff'] },
  },
];

export const SOURCES: readonly SourceEvent[] = [
  {
    label: 'S1',
    documentId: 'd2',
    chunkId: 'd2-0',
    path: 'staff/price-list.md',
    title: 'Price list for staff',
    headings: ['Cleaning'],
    pageFrom: null,
    pageTo: null,
    start: 0,
    end: 27,
    text: 'Cleaning is 45 euros a stay.',
  },
  {
    label: 'S2',
    documentId: 'd1',
    chunkId: 'd1-1',
    path: 'guests/hand book.pdf',
    title: 'Guest handbook',
    headings: ['House rules', 'Deposit'],
    pageFrom: 3,
    pageTo: 3,
    start,
    end: start + PASSAGE.length,
    text: PASSAGE,
  },
];

/** As the gateway's header says it. @param untilMs of the throttled deployment. */
export function gatewayEvent(untilMs: number): GatewayEvent {
  const decision = {
    attempts: [
      { deployment: 'openai1/chat', outcome: 'throttled', status: 429 },
      { deployment: 'openai2/chat', outcome: 'answered', status: 200 },
    ],
    passedOver: [
      { deployment: 'openai3/chat', reason: 'throttled', untilMs },
      { deployment: 'reserve/chat', reason: 'higherPriorityNumber', untilMs: null },
    ],
  };
  return {
    requestId: '68d81e1d-b9a8-4cec-9383-54a91c818487',
    deployment: 'openai2/chat',
    attempts: 2,
    decision: JSON.stringify(decision),
    waitedMs: 340,
  };
}

/** @param about as a server tells it that is new enough. */
export function step(told: { title: string; text: string; ms: number }, about: StepAbout): AnswerEventBody {
  return { type: 'step', ...told, about };
}

export const BEFORE: readonly AnswerEventBody[] = [
  { type: 'phase', phase: 'planning' },
  step(
    { title: 'Search queries', text: 'deposit amount\ndeposit refund', ms: 120 },
    { kind: 'queries', queries: ['deposit amount', 'deposit refund'], failed: null },
  ),
  { type: 'phase', phase: 'searching' },
  step(
    { title: 'Search', text: 'By words: 2 passages.', ms: 8 },
    {
      kind: 'search',
      queries: ['deposit amount'],
      mode: 'text',
      passages: 2,
      withoutVectors: null,
      scores: [
        { label: 'S1', words: 4.25, vectors: null, fused: 1 },
        { label: 'S2', words: 3.5, vectors: null, fused: 0.5 },
      ],
    },
  ),
  { type: 'sources', sources: SOURCES, mode: 'text' },
  { type: 'phase', phase: 'answering' },
  step(
    { title: 'Prompt for the answer', text: 'Model chat', ms: 0 },
    {
      kind: 'prompt',
      call: 'answer',
      messages: [
        { role: 'system', content: 'Say only what these passages say.', cut: 0 },
        {
          role: 'user',
          content: `<source id="S1">\n${PASSAGE}\n</source>\n\nQuestion: ${'deposit? '.repeat(40)}`,
          cut: 1_200,
        },
      ],
      leftOut: 3,
      parameters: { model: 'chat', temperature: 0.3, tokensMax: 1_024, reasoningEffort: null, seed: null },
    },
  ),
  { type: 'gateway', step: 'answer', gateway: gatewayEvent(Date.UTC(2026, 10, 21, 14, 3, 10)) },
];

export const FIRST = 'The deposit is **100 euros**, paid back within 14 days.';
const SECOND = '\n\n| Fee | Euros |\n| --- | ---: |\n| Deposit | 100 |\n| Cleaning | 45 |\n\n';
const THIRD = 'Most guests find this fair.';

export const AFTER: readonly AnswerEventBody[] = [
  { type: 'phase', phase: 'checking' },
  {
    type: 'check',
    unsupported: [{ start: FIRST.length + SECOND.length, end: FIRST.length + SECOND.length + THIRD.length }],
  },
  { type: 'usage', promptTokens: 1_204, completionTokens: 61 },
  { type: 'followups', questions: ['When is the deposit paid back?', 'May I bring my dog?'] },
];

/** Text in small pieces, as a model sends it. */
export function written(text: string): readonly AnswerEventBody[] {
  return (text.match(/.{1,7}/gs) ?? []).map((piece) => ({ type: 'delta', text: piece }));
}

export function wholeAnswer(): readonly Part[] {
  return [
    ...BEFORE,
    ...written(FIRST),
    { type: 'citation', label: 'S2', at: FIRST.length },
    ...written(SECOND),
    { type: 'citation', label: 'S1', at: FIRST.length + SECOND.trimEnd().length - 2 },
    ...written(THIRD),
    ...AFTER,
  ];
}
