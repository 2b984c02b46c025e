/** A result as one HTML file: no script, nothing from elsewhere, so it can be mailed and kept. Whatever the app said is text here. */
import { createHash } from 'node:crypto';
import type { Difference, FigureChange } from './difference.ts';
import { REPORT_STYLE } from './report-style.ts';
import { byKind, figuresOf, isFailure, type Outcome, type Result, timesOf } from './result.ts';
import { METRICS } from './score.ts';
import { type Evaluated, missText, share, whole } from './text.ts';

export function reportOf(evaluated: Evaluated): string {
  const { result, difference } = evaluated;
  const wrong = result.outcomes.filter(isFailure);
  const right = result.outcomes.filter((one) => !isFailure(one));
  const sections = [
    head(evaluated),
    figures(evaluated),
    difference === null ? '' : changes(difference),
    kinds(result.outcomes, difference),
    byKinds(`Wrong (${wrong.length})`, wrong, 'Nothing is wrong.'),
    byKinds(`Right (${right.length})`, right, 'Nothing is right.'),
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy())}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<title>Spillway chat: evaluation</title>',
    `<style>${REPORT_STYLE}</style>`,
    '</head>',
    `<body><main>${sections.join('\n')}</main></body>`,
    '</html>',
    '',
  ].join('\n');
}

/** Nothing may be loaded or run; the one style sheet is known by its hash. */
function policy(): string {
  const hash = createHash('sha256').update(REPORT_STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function head({ result, misses, floors }: Evaluated): string {
  const { outcomes, mode, asked, startedMs } = result;
  const at = new Date(startedMs).toISOString().slice(0, 16).replace('T', ' ');
  const right = outcomes.filter((one) => !isFailure(one)).length;
  return `<h1>Evaluation of the chat app</h1>
<p class="soft">${mode === 'search' ? 'Search alone' : 'Answers'} of <span class="path">${escaped(asked)}</span>, ${at} UTC.</p>
<p class="sum"><b>${right}</b> of ${outcomes.length} questions right</p>
${verdict(misses, floors !== null)}`;
}

function verdict(misses: Evaluated['misses'], hasFloors: boolean): string {
  if (misses.length > 0) {
    return `<ul class="verdict bad">${misses.map((miss) => `<li>✗ ${escaped(missText(miss))}</li>`).join('')}</ul>`;
  }
  return hasFloors ? '<p class="verdict good">✓ Every floor is held.</p>' : '';
}

/** A column that this run has nothing for is left out. */
function figures({ result, difference, floors }: Evaluated): string {
  const changed = new Map(difference?.figures.map((change) => [change.metric, change]));
  const columns = [
    'mean',
    ...(difference === null ? [] : ['earlier', 'change']),
    ...(floors === null ? [] : ['floor']),
    'questions',
  ];
  const rows = figuresOf(result.outcomes).map(({ metric, mean, count }) => {
    const change = changed.get(metric) ?? null;
    const numbers = [
      `<td><b>${share(mean)}</b></td>`,
      ...(difference === null ? [] : [`<td>${share(change?.before ?? null)}</td>`, changeCell(change)]),
      ...(floors === null ? [] : [floorCell(mean, floors[metric] ?? null)]),
      `<td>${count}</td>`,
    ];
    const what = `${metric}<small>${escaped(METRICS[metric])}</small>`;
    return `<tr><th scope="row">${what}</th><td class="bar">${meter(mean, 1)}</td>${numbers.join('')}</tr>`;
  });
  const heads = columns.map((name) => `<th scope="col" class="number">${name}</th>`).join('');
  return `<h2>Figures</h2>
<table><thead><tr><th scope="col">figure</th><td class="bar"></td>${heads}</tr></thead>
<tbody>${rows.join('')}</tbody></table>
${times(result)}`;
}

function times({ outcomes, mode }: Result): string {
  const { firstP50Ms, firstP95Ms, totalP50Ms, totalP95Ms } = timesOf(outcomes);
  const first = mode === 'search' ? '' : `First word: p50 ${whole(firstP50Ms)}, p95 ${whole(firstP95Ms)}. `;
  const what = mode === 'search' ? 'Search' : 'Whole answer';
  return `<p class="soft">${first}${what}: p50 ${whole(totalP50Ms)}, p95 ${whole(totalP95Ms)}, of ${outcomes.length} questions.</p>`;
}

/** Of the questions that both runs asked: new ones change nothing here. */
function changeCell(change: FigureChange | null): string {
  if (change === null || change.before === null || change.after === null) return '<td class="soft">–</td>';
  const by = change.after - change.before;
  if (share(Math.abs(by)) === share(0)) return '<td class="soft">±0</td>';
  return by > 0 ? `<td class="good">▲ ${share(by)}</td>` : `<td class="bad">▼ ${share(-by)}</td>`;
}

function floorCell(mean: number, floor: number | null): string {
  if (floor === null) return '<td class="soft">–</td>';
  return mean < floor ? `<td class="bad">✗ ${share(floor)}</td>` : `<td>${share(floor)}</td>`;
}

function meter(value: number, max: number): string {
  return `<meter min="0" max="${max}" value="${value}" aria-hidden="true">${value}</meter>`;
}

function kinds(outcomes: readonly Outcome[], difference: Difference | null): string {
  const rows = byKind(outcomes).map(([kind, of]) => {
    const right = of.filter((one) => !isFailure(one)).length;
    const since = difference === null ? '' : `<td>${sinceText(kind, difference)}</td>`;
    return `<tr><th scope="row">${kind}</th><td class="bar">${meter(right, of.length)}</td><td><b>${right}</b> of ${of.length}</td>${since}</tr>`;
  });
  const since = difference === null ? '' : '<th scope="col" class="number">since then</th>';
  return `<h2>By kind</h2>
<table><thead><tr><th scope="col">kind</th><td class="bar"></td><th scope="col" class="number">right</th>${since}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function sinceText(kind: Outcome['kind'], { mended, broken }: Difference): string {
  const better = mended.filter((one) => one.kind === kind).length;
  const worse = broken.filter((one) => one.kind === kind).length;
  const parts = [
    ...(better === 0 ? [] : [`<span class="good">▲ ${better} mended</span>`]),
    ...(worse === 0 ? [] : [`<span class="bad">▼ ${worse} broken</span>`]),
  ];
  return parts.length === 0 ? '<span class="soft">±0</span>' : parts.join(' ');
}

function changes({ broken, mended, added, gone }: Difference): string {
  return `<h2>Since the earlier run</h2>
<p class="soft">Earlier figures and changes are of the questions that both runs asked; ${added.length} are new, ${gone.length} gone.</p>
${list(`Broken (${broken.length})`, broken, 'Nothing broke.')}
${list(`Mended (${mended.length})`, mended, 'Nothing was mended.')}`;
}

function byKinds(title: string, outcomes: readonly Outcome[], empty: string): string {
  if (outcomes.length === 0) return `<h2>${title}</h2>\n<p class="soft">${empty}</p>`;
  const groups = byKind(outcomes).map(([kind, of]) => list(`${kind} (${of.length})`, of, ''));
  return `<h2>${title}</h2>\n${groups.join('\n')}`;
}

function list(title: string, outcomes: readonly Outcome[], empty: string): string {
  const body = outcomes.length === 0 ? `<p class="soft">${empty}</p>` : outcomes.map(details).join('\n');
  return `<h3>${escaped(title)}</h3>\n${body}`;
}

function details(one: Outcome): string {
  const low = Object.entries(one.score).filter(([, value]) => value !== null && value < 1);
  const why = one.failure ?? low.map(([metric, value]) => `${metric} ${share(value)}`).join(', ');
  return `<details><summary>${escaped(one.question)}<small><b>${escaped(one.id)}</b> ${escaped(why)}</small></summary>
<dl>${one.answer === null ? '' : `<dt>answer</dt><dd class="answer">${one.answer.trim() === '' ? '–' : escaped(one.answer.trim())}</dd>`}
${names('rests on', one.gold)}${names('found', one.found)}${names('cited', one.cited)}
<dt>time</dt><dd>${one.answer === null ? '' : `first word ${whole(one.firstMs)}, `}whole ${whole(one.totalMs)}</dd></dl></details>`;
}

function names(title: string, of: readonly string[]): string {
  if (of.length === 0) return '';
  return `<dt>${title}</dt><dd><ol>${of.map((name) => `<li>${escaped(name)}</li>`).join('')}</ol></dd>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
