/** A run as the events of a stream. Source: OpenAI API reference, Assistants, streaming. */
import { isRecord } from '@spillway/protocol';
import type { Fields } from './collection.ts';

/**
 * @param created the run at its beginning, and `ended` at its end.
 * @param message null where the run failed.
 */
export function runEvents(created: Fields, ended: Fields, message: Fields | null, steps: readonly Fields[]): string {
  const begun = { ...created, status: 'in_progress' };
  const events: (readonly [name: string, data: unknown])[] = [
    ['thread.run.created', { ...created, status: 'queued' }],
    ['thread.run.queued', { ...created, status: 'queued' }],
    ['thread.run.in_progress', begun],
  ];
  for (const step of steps) {
    const open = { ...step, status: 'in_progress', completed_at: null, usage: null };
    events.push(['thread.run.step.created', open], ['thread.run.step.in_progress', open]);
  }
  if (message !== null) events.push(...messageEvents(message));
  for (const step of steps) events.push(['thread.run.step.completed', step]);
  events.push([ended.status === 'failed' ? 'thread.run.failed' : 'thread.run.completed', ended]);
  const lines = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  return `${lines.join('')}event: done\ndata: [DONE]\n\n`;
}

function messageEvents(message: Fields): (readonly [name: string, data: unknown])[] {
  const open = { ...message, status: 'in_progress', completed_at: null, content: [] };
  const words = textOf(message).match(/\s*\S+\s*/g) ?? [];
  const deltas = words.map((word, i) => {
    const text = i === 0 ? { value: word, annotations: [] } : { value: word };
    const delta = { content: [{ index: 0, type: 'text', text }] };
    return ['thread.message.delta', { id: message.id, object: 'thread.message.delta', delta }] as const;
  });
  return [
    ['thread.message.created', open],
    ['thread.message.in_progress', open],
    ...deltas,
    ['thread.message.completed', message],
  ];
}

function textOf({ content }: Fields): string {
  const first: unknown = Array.isArray(content) ? content[0] : null;
  return isRecord(first) && isRecord(first.text) ? String(first.text.value) : '';
}
