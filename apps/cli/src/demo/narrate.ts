/** What is happening, in a sentence or two. Pure. */
import type { RowState } from './deployments.ts';
import type { ChatScene, Scene } from './scene.ts';
import { waiting } from './tally.ts';

export function narrate(scene: Scene): string {
  const { deployments, phase, direct, spillway } = scene;
  if (phase === 'documents') return asking(scene.chat);
  if (phase !== 'load') {
    const left = waiting(direct) + waiting(spillway);
    return left > 0
      ? 'Every request is sent; the last answers are coming in.'
      : 'Every request is sent, and has its answer.';
  }
  const spent = backends(scene, 'throttled');
  if (spent.length === 0) {
    return direct.refused === 0
      ? "So far both ways are answered. Watch what happens when a resource's tokens run out."
      : 'Straight to one resource, requests are refused now. Spillway counts what is left of each, and sends where it fits.';
  }
  const tokens = `${listed(spent)} ${spent.length === 1 ? 'has' : 'have'} spent this minute's tokens.`;
  if (spent.length === deployments.length) return `${tokens} Spillway says when to try again.`;
  if (spillway.refused > 0) return tokens;
  const next = backends(scene, 'serving').at(-1);
  const moved = next === undefined ? 'turns to the next' : `has moved on to ${next}`;
  return `${tokens} ${direct.refused > 0 ? 'Straight, requests are refused; ' : ''}Spillway ${moved}.`;
}

function asking({ users, documents, throttled, asked, answered, errors, moved }: ChatScene): string {
  if (documents === null) return 'The chat app is indexing its documents.';
  const who = `${listed(throttled)} refuse (429). ${users} users ask the chat app about ${documents} documents`;
  return `${who}: ${asked} asked, ${answered} answered (${moved} moved elsewhere), ${errors} errors.`;
}

function backends({ deployments }: Scene, kind: RowState['kind']): readonly string[] {
  return [...new Set(deployments.filter(({ state }) => state.kind === kind).map(({ backend }) => backend))];
}

/** `openai1`, `openai1 and openai2`. */
function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), names.at(-1) ?? ''].filter((part) => part !== '').join(' and ');
}
