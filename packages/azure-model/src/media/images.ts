/** `images/generations`, `images/edits` and `images/variations`. Source: wire §1.2, §1.4, §3.1 (filter); OpenAI's API reference, images. */
import { azureError, queryValue } from '@spillway/protocol';
import { base64 } from '../base64.ts';
import type { Deployment } from '../deployment.ts';
import type { Pace } from '../latency.ts';
import { type Answer, answerOf, streamOf } from '../reply.ts';
import type { DataRequest } from '../resource.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import type { TokenWork } from '../token-work.ts';
import { ANSWER_SAFE, PROMPT_SAFE } from '../wire/filter.ts';
import { invalidValue, missingParameter, type Refusal } from '../wire/refusals.ts';
import { Desk, type Fields, filesOf, formFields, jsonFields, type MediaTurn, refuse, told } from './desk.ts';
import { drawing } from './drawing.ts';
import { Gallery } from './gallery.ts';
import { type ImageAsk, isDallE, readImages } from './image-ask.ts';
import { ImageEvents, type ImageOperation } from './image-events.ts';
import { pictureTokensOf, usageJson } from './image-tokens.ts';
import { pngOf } from './png.ts';

/** A picture takes so many times as long as a first token: 15 s with the default latency. Azure: tens of seconds (wire §1.2). */
export const PICTURE_FIRST_TOKENS = 100;

/** Of an edit. Source: OpenAI's API reference. */
const SENT_PICTURES_MAX = 16;

const OPERATIONS: Readonly<Record<string, { readonly id: string; readonly kind: ImageOperation }>> = {
  generations: { id: 'ImageGenerations_Create', kind: 'generation' },
  edits: { id: 'ImageEdits_Create', kind: 'edit' },
  variations: { id: 'ImageVariations_Create', kind: 'edit' },
};

interface UnderWay {
  readonly work: TokenWork;
  readonly waitMs: number;
}

export class Images implements Service {
  readonly #desk: Desk;
  readonly #gallery: Gallery;

  constructor(premises: Premises) {
    this.#desk = new Desk(premises);
    this.#gallery = new Gallery(premises);
  }

  answer(call: ServiceCall): Answer | null {
    const { segments, method } = call;
    const [family, name = '', id] = segments;
    if (family !== 'images') return null;
    if (method === 'GET' && name === 'generated' && id !== undefined) return this.#gallery.answer(call, id);
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    if (method !== 'POST' || segments.length !== 2 || operation === undefined) return null;
    const fields = name === 'generations' ? jsonFields(call) : formFields(call.form);
    const deployment = this.#desk.deployment(call, fields, 'images');
    if ('kind' in deployment) return deployment;
    const asked = { ...(name === 'variations' ? { prompt: 'A variation' } : {}), ...fields };
    return this.#draw(call, deployment, asked, operation);
  }

  /** Whether it asks for a picture by its own address, whose signature is all the credential it needs. */
  admits({ method, path, query }: Pick<DataRequest, 'method' | 'path' | 'query'>): boolean {
    const id = /^\/openai\/v1\/images\/generated\/([^/]+)/.exec(path)?.[1];
    return method === 'GET' && id !== undefined && queryValue(query, 'sig') === this.#gallery.signature(id);
  }

  #draw(call: ServiceCall, deployment: Deployment, fields: Fields, operation: (typeof OPERATIONS)[string]): Answer {
    const { id, kind } = operation;
    const sent = filesOf(call.form, 'image');
    const problem = kind === 'edit' ? sentProblem(sent.length) : null;
    if (problem !== null) return refuse(call, problem, deployment.name);
    const read = readImages({ fields, sent: sent.length }, deployment.facts);
    if (read.kind === 'refused') return refuse(call, read.refusal, deployment.name);
    const { ask } = read;
    const turn: MediaTurn = { call, deployment, operationId: id, streaming: ask.partials !== null };
    const counted = isDallE(deployment.facts)
      ? { prompt: 0, answer: 0 }
      : { prompt: ask.promptTokens + ask.pictureTokens, answer: pictureTokensOf(ask) };
    const waitMs = this.#desk.waitMs(turn, PICTURE_FIRST_TOKENS);
    const work = this.#desk.admit(turn, counted);
    if ('kind' in work) return work;
    if (ask.blocked) {
      work.end(call.nowMs, 0);
      return told(refuse(call, PICTURE_FILTERED, deployment.name), turn);
    }
    return told(this.#finished(turn, ask, kind, { work, waitMs }), turn);
  }

  #finished(turn: MediaTurn, ask: ImageAsk, kind: ImageOperation, { work, waitMs }: UnderWay): Answer {
    const { call, deployment } = turn;
    const created = Math.floor(call.nowMs / 1000);
    if (ask.partials !== null) {
      const events = new ImageEvents(ask, kind, created);
      const gapMs = waitMs / events.contentEvents;
      const pace: Pace = { headersMs: 0, firstTokenMs: gapMs, perTokenMs: gapMs };
      return streamOf({ kind: 'events', events, pace }, call.headers, deployment.name, work);
    }
    const body = isDallE(deployment.facts) ? this.#dallE(call, ask, created) : gptImage(ask, created);
    return answerOf(body, call.headers, deployment.name, waitMs, work);
  }

  #dallE(call: ServiceCall, ask: ImageAsk, created: number): string {
    const { size, hash } = ask;
    const picture =
      ask.format === 'url'
        ? `"url":${JSON.stringify(this.#gallery.hang(call, size, hash))}`
        : `"b64_json":"${base64(pngOf(drawing(size, hash)))}"`;
    const revised = JSON.stringify(`${ask.prompt.trim()}, in stripes of four colours`);
    const verdicts = `"content_filter_results":${ANSWER_SAFE},"prompt_filter_results":${PROMPT_SAFE}`;
    return `{"created":${created},"data":[{${verdicts},"revised_prompt":${revised},${picture}}]}`;
  }
}

function sentProblem(sent: number): Refusal | null {
  if (sent === 0) return missingParameter('image');
  return sent <= SENT_PICTURES_MAX ? null : invalidValue('image', `expected at most ${SENT_PICTURES_MAX} pictures`);
}

function gptImage(ask: ImageAsk, created: number): string {
  const pictures: string[] = [];
  for (let i = 0; i < ask.pictures; i++) {
    pictures.push(`{"b64_json":"${base64(pngOf(drawing(ask.size, (ask.hash + i) >>> 0)))}"}`);
  }
  const { background, quality, sizeText } = ask;
  return `{"background":"${background}","created":${created},"data":[${pictures.join(',')}],"output_format":"png","quality":"${quality}","size":"${sizeText}","usage":${usageJson(ask)}}`;
}

/** The envelope as images have it (wire §3.1); code and sentence are those of OpenAI's images. */
const PICTURE_FILTERED: Refusal = filteredRefusal();

function filteredRefusal(): Refusal {
  const safe = { filtered: false, severity: 'safe' };
  const { error } = azureError(
    'content_policy_violation',
    'Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety system.',
  );
  const results = { hate: safe, self_harm: safe, sexual: safe, violence: { filtered: true, severity: 'high' } };
  const inner = { code: 'ResponsibleAIPolicyViolation', content_filter_results: results };
  const body = { error: { ...error, type: 'invalid_request_error', param: null, inner_error: inner } };
  return { status: 400, statusText: null, body: JSON.stringify(body) };
}
