/** Reads the body of a generating request for the deployment that it is sent to, if its model does that at all. */
import { isRecord, type ModelFacts } from '@spillway/protocol';
import type { GenerationRoute } from '../route.ts';
import { type EmbeddingsAsk, readEmbeddings } from '../wire/embeddings.ts';
import { NOT_JSON, operationNotSupported } from '../wire/refusals.ts';
import { readChat } from './chat.ts';
import { readCompletion, servesChat } from './completions.ts';
import type { AskRead, GenerationAsk, Refused } from './generation.ts';
import type { Held } from './held.ts';
import { readResponse } from './responses.ts';

export type BodyRead =
  | { readonly kind: 'embeddings'; readonly ask: EmbeddingsAsk }
  | { readonly kind: 'generation'; readonly ask: GenerationAsk }
  | Refused;

/** @param body parsed; undefined where it was no JSON. */
export function readBody(kind: GenerationRoute['kind'], body: unknown, facts: ModelFacts, held: Held): BodyRead {
  if (!isRecord(body)) return { kind: 'refused', refusal: NOT_JSON };
  if (facts.kind !== (kind === 'embeddings' ? 'embeddings' : 'chat')) {
    return { kind: 'refused', refusal: operationNotSupported(kind, facts.name) };
  }
  if (kind === 'embeddings') {
    const read = readEmbeddings(body, facts);
    return read.kind === 'refused' ? read : { kind: 'embeddings', ask: read.ask };
  }
  const read = readAsk(kind, body, facts, held);
  return read.kind === 'refused' ? read : { kind: 'generation', ask: read.ask };
}

function readAsk(
  kind: Exclude<GenerationRoute['kind'], 'embeddings'>,
  body: Record<string, unknown>,
  facts: ModelFacts,
  held: Held,
): AskRead {
  switch (kind) {
    case 'completions':
      return readCompletion(body, facts);
    case 'responses':
      return readResponse(body, facts, held);
    case 'chat':
      if (!servesChat(facts)) return { kind: 'refused', refusal: operationNotSupported('chat', facts.name) };
      return readChat(body, facts);
  }
}
