/** A conversation as Markdown, to be kept elsewhere: questions, answers, and what they cite. */
import { withMarks } from '@spillway/rag';
import type { AnswerEvent, SourceEvent } from '../events.ts';
import type { ConversationView, TurnView } from './api.ts';

export function markdownOf({ conversation, turns }: ConversationView): string {
  return [`# ${oneLine(conversation.title)}`, ...turns.map(turnText)].join('\n\n').concat('\n');
}

function turnText({ question, answer, events }: TurnView): string {
  const cited = citedOf(events);
  const list = cited.map(({ label, path, title, pageFrom }) => {
    const page = pageFrom === null ? '' : `, page ${pageFrom}`;
    return `- [${label}] ${oneLine(title)} (${path}${page})`;
  });
  const quoted = question.split('\n').map((line) => `> ${line}`);
  const placed = events.filter((event) => event.type === 'citation');
  const marked = withMarks(answer, placed, (label) => `[${label}]`).trim();
  return [quoted.join('\n'), marked, ...(list.length === 0 ? [] : [list.join('\n')])].join('\n\n');
}

/** Sources that the answer cites, each once. */
export function citedOf(events: readonly AnswerEvent[]): readonly SourceEvent[] {
  const labels = new Set(events.flatMap((event) => (event.type === 'citation' ? [event.label] : [])));
  const sources = events.flatMap((event) => (event.type === 'sources' ? event.sources : []));
  return sources.filter(({ label }) => labels.has(label));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
