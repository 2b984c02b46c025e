/** A decision as a story in 80 columns: what was asked, who could have served, what was tried, what came of it. Pure. */
import {
  type AttemptTold,
  type CostUnknown,
  type DecisionRecord,
  type LookRecord,
  type Need,
  numberOf,
  type PickRecord,
} from '@spillway/policy';
import { countText, momentText, reasonText, shareText, spanText } from './words.ts';

export function story(record: DecisionRecord): string {
  const lines = [...headLines(record), ...pickLines(record), ...endLines(record)];
  return `${lines.join('\n')}\n`;
}

function headLines(record: DecisionRecord): string[] {
  const { requestId, operation, model, client, need, startedMs, ending } = record;
  const end = ending === 'whole' ? '' : ending === 'cut' ? ', broken off' : ', the client left';
  return [
    `Request  ${requestId}`,
    `Asked    ${operation}${model === null ? '' : ` of ${model}`}`,
    `Client   ${client ?? 'not named'}${need === null ? '' : `, class ${need.class}`}`,
    `Began    ${momentText(startedMs)}`,
    `Answer   ${record.status} from ${record.servedBy ?? 'the gateway itself'} after ${spanText(record.durationMs)}${end}`,
    ...(need === null ? [] : [`Need     ${needText(need)}`]),
  ];
}

function needText({ promptTokens, cachedTokens, answerTokens, answerTokensMax, choices }: Need): string {
  const cached = cachedTokens > 0 ? ` (${Math.round(cachedTokens)} perhaps cached)` : '';
  const most = answerTokensMax === null ? 'no limit' : `at most ${answerTokensMax}`;
  const times = choices > 1 ? `, ${choices} choices` : '';
  const prompt = countText(Math.round(promptTokens), 'prompt token');
  return `${prompt}${cached}, answer about ${Math.round(answerTokens)}, ${most}${times}`;
}

/** Each choice with the try that it led to, and each wait where it was. */
function pickLines({ picks, picksLeftOut, attempts, waits }: DecisionRecord): string[] {
  const open = [...attempts];
  const waiting = [...waits];
  const lines: string[] = [];
  for (const [i, pick] of picks.entries()) {
    while (waiting[0] !== undefined && waiting[0].fromMs < pick.atMs) {
      lines.push('', `Waited ${spanText(waiting.shift()?.waitedMs ?? 0)} for quota`);
    }
    lines.push('', ...choiceLines(pick, i + 1));
    const at = open.findIndex(({ deployment, startedMs }) => deployment === pick.chosen && startedMs === pick.atMs);
    if (at >= 0) lines.push(...open.splice(at, 1).flatMap(attemptLines));
  }
  if (picksLeftOut > 0) lines.push('', `${countText(picksLeftOut, 'more choice')}, not kept`);
  for (const { waitedMs } of waiting) lines.push('', `Waited ${spanText(waitedMs)} for quota`);
  if (open.length > 0) lines.push('', 'Tried besides');
  return [...lines, ...open.flatMap((attempt) => [`  ${attempt.deployment}`, ...attemptLines(attempt)])];
}

const COLUMNS = 80;
const ID_CHARS_MAX = 30;

function choiceLines(pick: PickRecord, number: number): string[] {
  const { chosen, strategy, looks, isLastResort, atMs } = pick;
  const last = isLastResort ? ', as a last resort' : '';
  const width = Math.min(ID_CHARS_MAX, Math.max('deployment'.length, ...looks.map(({ id }) => id.length)));
  const lines = [
    `Choice ${number}: ${chosen ?? 'nobody'}, by ${strategy}${last}`,
    `    ${'deployment'.padEnd(width)}  prio  weight  free  busy  why not`,
    ...looks.flatMap((look) => lookLines(look, width, { atMs, isChosen: look.id === chosen })),
  ];
  if (looks.some(({ isGuess }) => isGuess)) lines.push('    * believed, not told by Azure');
  return lines;
}

type Aspect = { readonly atMs: number; readonly isChosen: boolean };

/** The reason goes below where the row would be too long with it. */
function lookLines(look: LookRecord, width: number, { atMs, isChosen }: Aspect): string[] {
  const { id, priority, weight, free, inFlight } = look;
  const cells = [
    cut(id, width).padEnd(width),
    short(numberOf(priority)).padStart(4),
    short(numberOf(weight)).padStart(6),
    shareText(free).padStart(4),
    short(numberOf(inFlight)).padStart(4),
  ];
  const row = `  ${isChosen ? '>' : ' '} ${cells.join('  ')}`;
  const why = whyText(look, { atMs, isChosen });
  if (why === '') return [row];
  return row.length + 2 + why.length <= COLUMNS ? [`${row}  ${why}`] : [row, `      ${why}`];
}

/** Of the one that was taken: what stood in its way all the same; else why it was not taken. */
function whyText(look: LookRecord, { atMs, isChosen }: Aspect): string {
  const { found, reason, untilMs, isGuess, warmth } = look;
  const coming = numberOf(warmth) < 1 ? `coming back: ${shareText(warmth)}` : '';
  if (isChosen) return found === null ? coming : `although ${reasonText(found, { isGuess, atMs })}`;
  const why = reason === null ? '' : reasonText({ reason, untilMs }, { isGuess, atMs });
  return [why, coming].filter((part) => part !== '').join('; ');
}

function attemptLines({ outcome, status, code, headMs, durationMs, chargedTokens, azure }: AttemptTold): string[] {
  const what = [outcome, status, code].filter((part) => part !== null).join(' ');
  const head = headMs === null ? '' : `, head after ${spanText(headMs)}`;
  const over = durationMs === null ? '' : `, over after ${spanText(durationMs)}`;
  const charged = chargedTokens === null ? '' : `, charged ${countText(Math.round(chargedTokens), 'token')}`;
  const ids = [
    ['apim-request-id', azure.apimRequestId],
    ['x-request-id', azure.requestId],
    ['x-ms-region', azure.region],
  ];
  const told = ids.flatMap(([name, value]) => (value === null ? [] : [`      ${name}: ${value}`]));
  return [`    ${what}${head}${over}${charged}`, ...told];
}

function endLines({ usage, usageEstimated, retryAfterMs, waits, ...record }: DecisionRecord): string[] {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage;
  const about = usageEstimated ? 'about ' : '';
  const parts = [
    part(promptTokens, 'prompt'),
    part(cachedTokens, 'of them cached'),
    part(completionTokens, 'answer'),
    part(reasoningTokens, 'of them reasoning'),
  ];
  const known = parts.filter((one) => one !== null).join(', ');
  const waited = waits.reduce((sum, { waitedMs }) => sum + waitedMs, 0);
  const lines = ['', `Tokens   ${known === '' ? 'not told' : `${about}${known}`}`];
  lines.push(...costLines(record));
  lines.push(`Waited   ${waited === 0 ? 'not at all' : `${spanText(waited)} in all`}`);
  if (retryAfterMs !== null) lines.push(`Told     to come back in ${spanText(retryAfterMs)}`);
  return lines;
}

/** Of each million, below the sum, so that it can be reckoned again by hand. */
function costLines({ cost, costUnknown }: Pick<DecisionRecord, 'cost' | 'costUnknown'>): string[] {
  if (cost === null) return [`Cost     not known: ${COST_UNKNOWN_TEXT[costUnknown ?? 'noPrices']}`];
  const { amount, currency, asOf, basis, model, perMillion } = cost;
  if (perMillion === null) return ['Cost     nothing more: served by provisioned units, paid for by the hour'];
  const { input, cachedInput, output } = perMillion;
  const about = basis === 'estimate' ? 'about ' : '';
  const each = `prompt ${input}, cached ${cachedInput}${output === null ? '' : `, answer ${output}`}`;
  return [
    `Cost     ${about}${moneyText(amount)} ${currency}`,
    `         ${model}, prices as of ${asOf}`,
    `         a million tokens: ${each}`,
  ];
}

const COST_UNKNOWN_TEXT: Readonly<Record<CostUnknown | 'noPrices', string>> = {
  noPrices: 'the gateway has no prices',
  noPrice: 'the gateway has no price for the model',
  noUsage: 'no answer told its tokens',
};

/** Of one request it is little. */
function moneyText(amount: number): string {
  return String(Number(amount.toPrecision(6)));
}

function part(tokens: number | null, what: string): string | null {
  return tokens === null ? null : `${tokens} ${what}`;
}

/** Beginning and end tell more than the middle. */
function cut(id: string, width: number): string {
  if (id.length <= width) return id;
  const end = Math.floor(width / 2);
  return `${id.slice(0, width - end - 1)}…${id.slice(-end)}`;
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}
