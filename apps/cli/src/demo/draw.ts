/** The demo's view as lines. Pure: the same scene gives the same lines; colour and terminal are others' matter. */
import { grouped, type Line, plain, type Span, type Tone, wrap } from '../lines.ts';
import type { DecisionRow } from './decisions.ts';
import type { DeploymentRow, RowState } from './deployments.ts';
import { DEPLOYMENT } from './examples.ts';
import { narrate } from './narrate.ts';
import type { Scene } from './scene.ts';
import type { Tally } from './tally.ts';

/** What the view is made for; it is cut on a narrower terminal, and not stretched on a wider one. */
export const COLUMNS = 80;
/** All but the line that the cursor rests on. */
export const ROWS = 23;

/** What a bar is made of. */
export interface Glyphs {
  readonly full: string;
  /** Fractions of a cell, from none upwards. */
  readonly parts: readonly string[];
  readonly empty: string;
  /** A refused part. */
  readonly refused: string;
  readonly times: string;
}

export const UNICODE: Glyphs = {
  full: '█',
  parts: ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'],
  empty: '░',
  refused: '▒',
  times: '×',
};
export const ASCII: Glyphs = { full: '#', parts: [''], empty: '.', refused: 'x', times: 'x' };

/** While the load runs: both ways side by side, who serves, and what was decided. */
export function drawLoad(scene: Scene, glyphs: Glyphs, rows: number): readonly Line[] {
  const above: readonly Line[] = [
    title(scene),
    ...introduction(scene),
    [],
    ...ways(scene, glyphs),
    [],
    ...narration(scene),
    [],
    ...deploymentTable(scene.deployments, glyphs),
    [],
    [[' What Spillway decided', 'faint']],
  ];
  const below = scene.notices.map((text): Line => [[` ${plain(text)}`, 'wait']]);
  const left = Math.min(rows, ROWS) - above.length - below.length;
  return [...above, ...decisionLines(scene.decisions, glyphs, left), ...below].slice(0, rows);
}

/** After it: the visitor's own requests, below the examples. */
export function drawOpen(scene: Scene, glyphs: Glyphs, rows: number): readonly Line[] {
  const above = deploymentTable(scene.deployments, glyphs);
  return [...above, ...decisionLines(scene.decisions, glyphs, OPEN_DECISIONS)].slice(0, rows);
}

/** Few, so that the round's summary, the examples and this fit on 24 rows. */
const OPEN_DECISIONS = 2;

function title(scene: Scene): Line {
  const name = ' Spillway demo';
  const time = `${clock(Math.min(scene.nowMs, scene.loadMs))} of ${clock(scene.loadMs)} `;
  return [[name, 'strong'], [' '.repeat(COLUMNS - name.length - time.length)], [time, 'faint']];
}

export function introduction({ quotaTokens }: Pick<Scene, 'quotaTokens'>): readonly Line[] {
  const words =
    'The same chat requests go two ways: straight to one simulated Azure OpenAI resource of ' +
    `${grouped(quotaTokens)} tokens a minute, and through Spillway, which has three.`;
  return wrap(words, COLUMNS - 3).map((text) => [[` ${text}`]]);
}

const WAY = 27;
const SENT = 7;
const ANSWERED = 10;
const REFUSED = 15;
const FAILED = 8;
const OUTCOMES = 19;

function ways(scene: Scene, glyphs: Glyphs): readonly Line[] {
  const failed = scene.direct.failed + scene.spillway.failed > 0;
  const titles = ['sent'.padStart(SENT), 'answered'.padStart(ANSWERED), 'refused (429)'.padStart(REFUSED)];
  const header = [' '.repeat(WAY), ...titles, failed ? 'failed'.padStart(FAILED) : ''].join('');
  const draw = (name: string, of: Tally): Line => [
    [` ${name}`.padEnd(WAY), 'strong'],
    ...counts(of, failed),
    ['  '],
    ...outcomes(of, scene.planned, failed ? OUTCOMES - FAILED : OUTCOMES, glyphs),
  ];
  return [
    [[header, 'faint']],
    draw('Straight to one resource', scene.direct),
    draw('Through Spillway', scene.spillway),
  ];
}

function counts(of: Tally, failed: boolean): readonly Span[] {
  return [
    [String(of.sent).padStart(SENT)],
    [String(of.answered).padStart(ANSWERED), 'good'],
    [String(of.refused).padStart(REFUSED), of.refused > 0 ? 'bad' : 'plain'],
    [failed ? String(of.failed).padStart(FAILED) : '', of.failed > 0 ? 'bad' : 'plain'],
  ];
}

/** Answered, refused and yet to come, as parts of the plan. */
function outcomes(of: Tally, planned: number, cells: number, glyphs: Glyphs): readonly Span[] {
  const good = cellsOf(of.answered, planned, cells);
  const bad = Math.min(cells - good, cellsOf(of.refused + of.failed, planned, cells));
  return [
    [glyphs.full.repeat(good), 'good'],
    [glyphs.refused.repeat(bad), 'bad'],
    [glyphs.empty.repeat(cells - good - bad), 'faint'],
  ];
}

/** None only where there is nothing. */
function cellsOf(part: number, whole: number, cells: number): number {
  if (part === 0 || whole === 0) return 0;
  return Math.min(cells, Math.max(1, Math.round((part / whole) * cells)));
}

/** Always two lines, so that what is below does not jump. */
function narration(scene: Scene): readonly Line[] {
  const [first = '', second = ''] = wrap(narrate(scene), COLUMNS - 4);
  return [
    [
      [' > ', 'accent'],
      [first, 'strong'],
    ],
    [[`   ${second}`, 'strong']],
  ];
}

const NAME_AND_BAR = 29;
const NAME_MIN = 11;
const NAME_MAX = 20;
const TOKENS = 18;
const SERVED = 9;

/** Deployments shown; the demo has six. */
const DEPLOYMENTS_MAX = 6;

function deploymentTable(deployments: readonly DeploymentRow[], glyphs: Glyphs): readonly Line[] {
  const rows = deployments.slice(0, DEPLOYMENTS_MAX);
  const widest = Math.max(0, ...rows.map((row) => nameOf(row).length + 3));
  const nameWidth = Math.min(NAME_MAX, Math.max(NAME_MIN, widest));
  const cells = NAME_AND_BAR - nameWidth;
  const titles = [' Resource'.padEnd(nameWidth), "tokens of this minute's quota".padEnd(cells + TOKENS)];
  return [
    [[`${titles.join('')}${'served'.padStart(SERVED)}   state`, 'faint']],
    ...rows.map((row) => deployment(row, nameWidth, cells, glyphs)),
  ];
}

function nameOf({ backend, id, name }: DeploymentRow): string {
  return plain(name === DEPLOYMENT ? backend : id);
}

function deployment(row: DeploymentRow, nameWidth: number, cells: number, glyphs: Glyphs): Line {
  const [state, tone] = stateText(row.state);
  return [
    [` ${nameOf(row)}`.slice(0, nameWidth - 2).padEnd(nameWidth), 'strong'],
    ...bar(row.usedTokens / row.quotaTokens, cells, row.state.kind === 'throttled' ? 'wait' : 'good', glyphs),
    [`${grouped(row.usedTokens)} of ${quotaText(row.quotaTokens)}`.padStart(TOKENS)],
    [String(row.served).padStart(SERVED)],
    [`   ${state}`, tone],
  ];
}

/** `1,000,000` with what is used of it would leave its column. */
function quotaText(tokens: number): string {
  return tokens > 0 && tokens % 1_000_000 === 0 ? `${grouped(tokens / 1_000_000)} M` : grouped(tokens);
}

function stateText(state: RowState): readonly [string, Tone] {
  switch (state.kind) {
    case 'serving':
      return ['serving', 'good'];
    case 'idle':
      return ['idle', 'faint'];
    case 'paused':
      return ['paused', 'wait'];
    case 'throttled':
      return [`throttled, ${Math.ceil(state.leftMs / 1000)} s left`, 'wait'];
    case 'broken':
      return [`broken, ${Math.ceil(state.leftMs / 1000)} s left`, 'bad'];
  }
}

/** @param share 0 to 1; not a number where there is no quota. */
function bar(share: number, cells: number, tone: Tone, glyphs: Glyphs): readonly Span[] {
  const steps = Math.round((share > 0 ? Math.min(1, share) : 0) * cells * glyphs.parts.length);
  const filled = glyphs.full.repeat(Math.floor(steps / glyphs.parts.length));
  const rest = glyphs.parts[steps % glyphs.parts.length] ?? '';
  return [
    [`${filled}${rest}`, tone],
    [glyphs.empty.repeat(cells - filled.length - rest.length), 'faint'],
  ];
}

/** The newest rows, in their order; blank ones keep the height. */
function decisionLines(rows: readonly DecisionRow[], glyphs: Glyphs, count: number): readonly Line[] {
  if (count <= 0) return [];
  const shown = rows.slice(-count).map((row) => decisionLine(row, glyphs));
  return [...shown, ...Array.from({ length: count - shown.length }, (): Line => [])];
}

export function decisionLine(row: DecisionRow, glyphs: Glyphs): Line {
  const times = row.count === 1 ? '' : ` ${glyphs.times} ${row.count}`;
  const wait = row.waitMs === null ? '' : `, asks to wait ${Math.ceil(row.waitMs / 1000)} s`;
  return [
    [clock(row.startedMs).padStart(6), 'faint'],
    [`  Proxying to ${plain(row.url)} (${plain(row.backend)}): `],
    [`${plain(row.fate)}${times}${wait}`, toneOf(row.fate)],
  ];
}

function toneOf(fate: string): Tone {
  if (/^[23]/.test(fate)) return 'good';
  return fate === '429' ? 'wait' : 'bad';
}

/** 83,000 ms → `1:23`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
