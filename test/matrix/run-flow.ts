/** Runs a flow on both sides, step by step, and says of each whether a client could tell the difference. */
import { isRecord } from '@spillway/protocol';
import { type Answer, type Ask, ask } from './ask.ts';
import { compare, compareTexts, type Likeness } from './compare.ts';
import { socketAnswer } from './socket.ts';
import { absence, type Dialect, type Flow, type Form, type Step } from './step.ts';
import { CLIENT_KEY, type Twins } from './twins.ts';

const API_VERSION = '2025-04-01-preview';
const BOUNDARY = 'the-boundary-of-the-matrix';

/** union: what all resources have together. absent: Azure has no such operation. needs: an earlier step made nothing to ask about. */
export type Cell = Likeness | { readonly kind: 'union' } | { readonly kind: 'absent' | 'needs'; readonly why: string };

type Kept = ReadonlyMap<string, string>;

/** What was kept of the answers of both sides. */
interface Memory {
  readonly direct: Map<string, string>;
  readonly through: Map<string, string>;
  /** The resource that answered last: a socket does not tell, since it may turn to another one with each message. */
  owner: string;
}

export async function runFlow(of: Twins, flow: Flow, dialect: Dialect): Promise<readonly Cell[]> {
  const why = absence(flow.scope, dialect);
  if (why !== null) return flow.steps.map(() => ({ kind: 'absent', why }));
  if (of.kind === 'other' && flow.name.startsWith('realtime'))
    return flow.steps.map(() => ({ kind: 'absent', why: SESSIONS }));
  const memory: Memory = {
    direct: new Map([['model', flow.model]]),
    through: new Map([['model', flow.model]]),
    owner: 'openai1',
  };
  const cells: Cell[] = [];
  for (const [i, step] of flow.steps.entries()) {
    await of.reseed();
    const missing = namesIn(step).find((name) => !memory.direct.has(name) || !memory.through.has(name));
    if (missing === undefined) cells.push(await runStep(of, { flow, step, dialect, memory, i }));
    else if (of.kind === 'other')
      cells.push({ kind: 'absent', why: `${UNKNOWN_THERE}, so there is nothing to ask about` });
    else cells.push({ kind: 'needs', why: `no ${missing} was made before` });
  }
  return cells;
}

const SESSIONS =
  'other: sessions of the preview and of v1 speak in different events, which nothing translates (wire §1.5)';
const UNKNOWN_THERE = 'other: one of the two dialects has no such operation';

/** What one dialect has and the other has not, nothing can translate: `Resource not found` (wire §3.2). */
function isUnknownToOne(direct: Answer | string, through: Answer | string): boolean {
  return isUnknownPath(direct) !== isUnknownPath(through);
}

/** Where a request was translated. */
function compareOther({ name }: Flow, direct: Answer | string, through: Answer | string): Cell {
  if (isUnknownToOne(direct, through)) return { kind: 'absent', why: UNKNOWN_THERE };
  const likeness = compare(direct, through, 'other');
  if (likeness.kind !== 'different' || name !== 'models') return likeness;
  return { kind: 'absent', why: 'other: the dialects describe a model in different words, which nothing translates' };
}

function isUnknownPath(answer: Answer | string): boolean {
  // On a socket the status is that of its opening.
  const tells = typeof answer !== 'string' && (answer.status === 404 || answer.status === 101);
  return tells && /"code": ?"404"/.test(answer.body.toString());
}

interface Turn {
  readonly flow: Flow;
  readonly step: Step;
  readonly dialect: Dialect;
  readonly memory: Memory;
  readonly i: number;
}

async function runStep(of: Twins, { flow, step, dialect, memory, i }: Turn): Promise<Cell> {
  if (step.afterMs !== undefined) of.advance(step.afterMs);
  const gateway = of.gateways[i % of.gateways.length];
  const theirs = askOf(step, flow, dialect, memory.through);
  const through = await sendTo(gateway?.url ?? '', CLIENT_KEY, theirs, filledSays(step, memory.through));
  memory.owner = ownerOf(through) ?? (step.says === undefined ? 'openai1' : memory.owner);
  const asked = askOf(step, flow, dialect === 'bare' ? 'mounted' : dialect, memory.direct);
  const answers: (Answer | string)[] = [];
  const { resources } = of.direct;
  for (const { url, key } of step.reach === 'all' ? resources : resources.filter(({ name }) => name === memory.owner)) {
    answers.push(await sendTo(url, key, asked, filledSays(step, memory.direct)));
    if (isFull(step, answers)) break;
  }
  const [direct = 'nobody was asked'] = answers;
  keep(step, direct, memory.direct);
  keep(step, through, memory.through);
  if (of.kind === 'other') return compareOther(flow, direct, through);
  return step.reach === 'all' && resources.length > 1 ? compareUnion(answers, through) : compare(direct, through);
}

function sendTo(base: string, key: string, asked: Ask, step: Step): Promise<Answer | string> {
  return step.says === undefined ? ask(base, key, asked) : socketAnswer(base, key, asked.path, step);
}

/** A page that is full asks nobody else; so the counters of both sides stay equal. */
function isFull({ query = '' }: Step, answers: readonly (Answer | string)[]): boolean {
  const limit = /limit=(\d+)/.exec(query)?.[1];
  return limit !== undefined && answers.flatMap((answer) => itemsOf(answer) ?? []).length >= Number(limit);
}

/** @returns null for the gateway's own answers, which are compared with the first resource's. */
function ownerOf(through: Answer | string): string | null {
  const deployment = typeof through === 'string' ? undefined : through.headers['x-spillway-deployment'];
  return deployment?.split('/')[0] ?? null;
}

function keep({ keeps = {} }: Step, answer: Answer | string, memory: Map<string, string>): void {
  if (typeof answer === 'string') return;
  for (const [name, pattern] of Object.entries(keeps)) {
    const found = pattern.exec(answer.body.toString())?.[1];
    if (found !== undefined) memory.set(name, found);
  }
}

/** Lists of several owners: the items of all, one owner after the other; of models each once, by name. */
function compareUnion(direct: readonly (Answer | string)[], through: Answer | string): Cell {
  const got = itemsOf(through);
  if (got === null) return compare(direct[0] ?? 'nobody was asked', through);
  const all = direct.flatMap((answer) => itemsOf(answer) ?? []);
  const want = all.some((item) => isRecord(item) && item.object === 'model') ? onceEach(all) : all;
  const likeness = compareTexts(JSON.stringify(want), JSON.stringify(got));
  return likeness.kind === 'different' ? likeness : { kind: 'union' };
}

function itemsOf(answer: Answer | string): readonly unknown[] | null {
  if (typeof answer === 'string' || answer.status !== 200) return null;
  const page: unknown = JSON.parse(answer.body.toString());
  return isRecord(page) && Array.isArray(page.data) ? page.data : null;
}

function onceEach(items: readonly unknown[]): readonly unknown[] {
  const byId = new Map(items.map((item) => [isRecord(item) ? String(item.id) : '', item]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

type Mount = Dialect | 'mounted';

function askOf(step: Step, flow: Flow, mount: Mount, kept: Kept): Ask {
  const { body, form, query } = step;
  const path = pathOf(filled(step.at, kept), flow, mount);
  const versioned = /\/v1\//.test(path) ? [] : [`api-version=${API_VERSION}`];
  const pairs = [...(query === undefined ? [] : [filled(query, kept)]), ...versioned];
  const bytes = body === undefined ? null : Buffer.from(filled(JSON.stringify(body), kept));
  return {
    method: step.method ?? (body === undefined && form === undefined ? 'GET' : 'POST'),
    path: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(form !== undefined && { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }),
    },
    body: form === undefined ? bytes : formBytes(form, kept),
  };
}

/** bare: without `/openai`, as a client with a verbatim base URL sends it; mounted: the same on Azure. */
function pathOf(operation: string, { scope, model }: Flow, mount: Mount): string {
  const below = scope === 'deployment';
  switch (mount) {
    case 'classic':
      return `/openai/deployments/${model}/${operation}`;
    case 'resource':
      return `/openai/${operation}`;
    case 'v1':
      return `/openai/v1/${operation}`;
    case 'bare':
      return below ? `/deployments/${model}/${operation}` : `/v1/${operation}`;
    case 'mounted':
      return below ? `/openai/deployments/${model}/${operation}` : `/openai/v1/${operation}`;
  }
}

function formBytes({ fields, file }: Form, kept: Kept): Buffer {
  const head = (name: string, more = ''): string =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n`;
  const texts = Object.entries(fields).map(([name, value]) => `${head(name)}\r\n${filled(value, kept)}\r\n`);
  const fileHead = `${head(file.field, `; filename="${file.name}"`)}content-type: ${file.type}\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(texts.join('') + fileHead),
    Buffer.from(file.bytes),
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}

const NAME = /<(\w+)>/g;

function filled(text: string, kept: Kept): string {
  return text.replace(NAME, (whole, name: string) => kept.get(name) ?? whole);
}

function filledSays(step: Step, kept: Kept): Step {
  return step.says === undefined ? step : { ...step, says: JSON.parse(filled(JSON.stringify(step.says), kept)) };
}

function namesIn({ at, query = '', body = {}, form, says = [] }: Step): readonly string[] {
  const text = [at, query, JSON.stringify(body), JSON.stringify(form?.fields ?? {}), JSON.stringify(says)].join(' ');
  return [...text.matchAll(NAME)].map((match) => match[1] ?? '');
}
