/** A result as one HTML file: no script, nothing from elsewhere, so it can be mailed and kept. Whatever the app said is text here. */
import { createHash } from 'node:crypto';
import type { Difference } from './difference.ts';
import { REPORT_STYLE } from './report-style.ts';
import { byKind, type Figure, figuresOf, isFailure, type Outcome, type Result, timesOf } from './result.ts';
import { METRICS } from './score.ts';
import { type Evaluated, missText, share, whole } from './text.ts';

export function reportOf(evaluated: Evaluated): string {
  const { result, difference } = evaluated;
  const failures = result.outcomes.filter(isFailure);
  const sections = [
    head(evaluated),
    figures(result, difference),
    kinds(result.outcomes),
    difference === null ? '' : changes(difference),
    list(`Wrong (${failures.length})`, failures, 'Nothing is wrong.'),
    list(
      `Right (${result.outcomes.length - failures.length})`,
      result.outcomes.filter((one) => !isFailure(one)),
      'Nothing is right.',
    ),
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

function head({ result, misses }: Evaluated): string {
  const { outcomes, mode, asked, startedMs } = result;
  const at = new Date(startedMs).toISOString().slice(0, 16).replace('T', ' ');
  const verdict =
    misses.length === 0
      ? '<p class="good">Every floor is held.</p>'
      : `<ul class="bad">${misses.map((miss) => `<li>${escaped(missText(miss))}</li>`).join('')}</ul>`;
  return `<h1>Evaluation of the chat app</h1>
<p class="soft">${outcomes.length} questions, ${mode === 'search' ? 'search alone' : 'answers'}, asked of ${escaped(asked)}, ${at} UTC.</p>
${verdict}`;
}

function figures(result: Result, difference: Difference | null): string {
  const before = new Map(difference?.figures.map((change) => [change.metric, change.before]));
  const rows = figuresOf(result.outcomes).map((figure) => figureRow(figure, before.get(figure.metric) ?? null));
  const { firstP50Ms, firstP95Ms, totalP50Ms, totalP95Ms } = timesOf(result.outcomes);
  return `<h2>Figures</h2>
<div class="wide"><table><thead><tr><th>figure</th><th>mean</th><th>earlier</th><th>questions</th><th>what it is</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></div>
<p>First word: p50 ${whole(firstP50Ms)}, p95 ${whole(firstP95Ms)}. Whole answer: p50 ${whole(totalP50Ms)}, p95 ${whole(totalP95Ms)}.</p>`;
}

function figureRow({ metric, mean, count }: Figure, before: number | null): string {
  return `<tr><th scope="row">${metric}</th><td>${share(mean)}</td><td>${share(before)}</td><td>${count}</td><td class="soft">${escaped(METRICS[metric])}</td></tr>`;
}

function kinds(outcomes: readonly Outcome[]): string {
  const rows = byKind(outcomes).map(([kind, of]) => {
    const right = of.filter((one) => !isFailure(one)).length;
    return `<tr><th scope="row">${kind}</th><td>${right} of ${of.length}</td><td><meter min="0" max="${of.length}" value="${right}">${right}</meter></td></tr>`;
  });
  return `<h2>By kind</h2><table><thead><tr><th>kind</th><th>right</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function changes({ broken, mended, added, gone }: Difference): string {
  return `<h2>Since the earlier run</h2>
<p>${broken.length} broken, ${mended.length} mended; ${added.length} questions new, ${gone.length} gone. Figures above compare the questions that both runs asked.</p>
${list(`Broken (${broken.length})`, broken, 'Nothing broke.')}
${list(`Mended (${mended.length})`, mended, 'Nothing was mended.')}`;
}

function list(title: string, outcomes: readonly Outcome[], empty: string): string {
  const body = outcomes.length === 0 ? `<p class="soft">${empty}</p>` : outcomes.map(details).join('\n');
  return `<h2>${escaped(title)}</h2>\n${body}`;
}

function details(one: Outcome): string {
  const low = Object.entries(one.score).filter(([, value]) => value !== null && value < 1);
  const why = one.failure ?? low.map(([metric, value]) => `${metric} ${share(value)}`).join(', ');
  return `<details><summary><b>${escaped(one.id)}</b> ${escaped(one.question)} <span class="soft">${escaped(why)}</span></summary>
<dl>${one.answer === null ? '' : `<dt>answer</dt><dd class="answer">${escaped(one.answer)}</dd>`}
${names('rests on', one.gold)}${names('found', one.found)}${names('cited', one.cited)}
<dt>time</dt><dd>first word ${whole(one.firstMs)}, whole ${whole(one.totalMs)}</dd></dl></details>`;
}

function names(title: string, of: readonly string[]): string {
  if (of.length === 0) return '';
  return `<dt>${title}</dt><dd><ol>${of.map((name) => `<li>${escaped(name)}</li>`).join('')}</ol></dd>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
