/** The round in words. Pure. */
import { type Line, plain, wrap } from '../lines.ts';
import type { ChatFigures } from './chat-figures.ts';
import { COLUMNS, clock } from './draw.ts';
import type { Figures, WayFigures } from './figures.ts';
import { RESOURCES } from './resources.ts';

export function summaryLines(figures: Figures): readonly Line[] {
  const { load, direct, spillway, chat } = figures;
  const heading = ` The same ${load.requests} requests, sent both ways within ${Math.round(load.durationMs / 1000)} s:`;
  return [
    [[heading, 'strong']],
    ...told('Straight to one resource', wayText(direct), direct.answered === load.requests ? 'good' : 'bad'),
    ...told(
      'Through Spillway',
      wayText(spillway) + behindText(figures),
      spillway.answered === load.requests ? 'good' : 'bad',
    ),
    ...told(chatTitle(chat), chatText(chat), chat.answered === chat.asked && chat.asked > 0 ? 'good' : 'bad'),
    ...figures.failures.flatMap((failure) => told('Failed', failure, 'bad')),
  ];
}

function told(title: string, text: string, tone: 'good' | 'bad'): readonly Line[] {
  const [first = '', ...more] = wrap(plain(`${title}: ${text}.`), COLUMNS - 3);
  const colon = title.length + 1;
  return [
    [['   '], [first.slice(0, colon), tone], [first.slice(colon)]],
    ...more.map((line): Line => [[`   ${line}`]]),
  ];
}

function wayText(way: WayFigures): string {
  const { sent, answered, refused429, failed, unanswered, firstRefused429AfterMs } = way;
  const since = firstRefused429AfterMs === null ? '' : ` from ${clock(firstRefused429AfterMs)} on`;
  return [
    `${answered === sent ? `all ${sent}` : answered} answered`,
    refused429 === 0 ? 'none refused' : `${refused429} refused with 429${since}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(unanswered === 0 ? [] : [`${unanswered} without an answer`]),
  ].join(', ');
}

/** What its client did not see. */
function behindText({ throttles, spillway }: Figures): string {
  return throttles === 0 || spillway.refused429 > 0
    ? ''
    : `; failover hid ${throttles} ${throttles === 1 ? 'refusal' : 'refusals'}`;
}

function chatTitle({ throttledResources }: ChatFigures): string {
  return `Chat app, ${throttledResources.length} of ${RESOURCES.length} resources throttled`;
}

/** Short: one line of 80 columns. What went wrong is told below, among the failures. */
function chatText({ users, asked, answered }: ChatFigures): string {
  return `${users} users asked ${asked}, ${answered === asked ? 'all' : answered} answered`;
}
