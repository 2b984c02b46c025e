/**
 * What a request for pictures asks for, and what Azure refuses in it. Source: wire §1.2, §1.4; OpenAI's API reference, images; the
 * `openai` package 7.55. The texts of the refusals are guesses in the style of Azure's.
 */
import type { ModelFacts } from '@spillway/protocol';
import { hashText, tokensOfChars } from '../text.ts';
import { CONTENT_FILTER_TRIGGER, invalidValue, missingParameter, type Refusal } from '../wire/refusals.ts';
import type { Size } from './drawing.ts';

export interface ImageAsk {
  readonly prompt: string;
  readonly promptTokens: number;
  /** Of pictures that were sent along; billed as part of the prompt. */
  readonly pictureTokens: number;
  readonly hash: number;
  readonly pictures: number;
  readonly size: Size;
  readonly sizeText: string;
  readonly quality: string;
  readonly format: 'b64_json' | 'url';
  readonly background: 'opaque' | 'transparent';
  /** Sent before the whole one; null: no stream. */
  readonly partials: number | null;
  readonly blocked: boolean;
}

export type ImageRead =
  | { readonly kind: 'ask'; readonly ask: ImageAsk }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What was sent, whether as JSON or as a form. */
export interface ImageFields {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Pictures of an edit. */
  readonly sent: number;
}

const PICTURES_MAX = 10;
const PARTIALS_MAX = 3;
/** Of one side; gpt-image-2 takes any size up to this. Dots. */
const SIDE_MAX = 3840;
/** The same of all dots together. */
const DOTS_MAX = 8_294_400;
/** What a picture of an edit adds to the prompt, in low fidelity. Source: OpenAI's image guide, 85 to 765; an approximation. */
const SENT_PICTURE_TOKENS = 323;

const GPT_IMAGE_SIZES = ['1024x1024', '1024x1536', '1536x1024', 'auto'];
const DALL_E_SIZES = ['1024x1024', '1792x1024', '1024x1792'];
const QUALITIES = ['low', 'medium', 'high', 'auto'];
const DALL_E_QUALITIES = ['standard', 'hd'];

export function readImages({ fields, sent }: ImageFields, facts: ModelFacts): ImageRead {
  const { prompt } = fields;
  if (prompt === undefined) return refused(missingParameter('prompt'));
  if (typeof prompt !== 'string' || prompt.trim() === '') return refused(invalidValue('prompt', 'expected a text'));
  const dallE = isDallE(facts);
  const tokens = tokensOfChars(prompt.length);
  if (tokens > facts.contextTokens) {
    return refused(invalidValue('prompt', `expected at most ${facts.contextTokens * 4} characters`));
  }
  const problem = problemOf(fields, dallE, facts);
  if (problem !== null) return refused(problem);
  const sizeText = sizeOf(fields);
  const stream = asFlag(fields.stream) && !dallE;
  return {
    kind: 'ask',
    ask: {
      prompt,
      promptTokens: tokens,
      pictureTokens: sent * SENT_PICTURE_TOKENS,
      hash: hashText(prompt),
      pictures: asCount(fields.n, 1),
      size: dotsOf(sizeText),
      sizeText,
      quality: qualityOf(fields, dallE),
      format: dallE && fields.response_format !== 'b64_json' ? 'url' : 'b64_json',
      background: fields.background === 'transparent' ? 'transparent' : 'opaque',
      partials: stream ? asCount(fields.partial_images, 0) : null,
      blocked: prompt.toLowerCase().includes(CONTENT_FILTER_TRIGGER),
    },
  };
}

export function isDallE({ name }: ModelFacts): boolean {
  return /^dall-e/i.test(name);
}

function refused(refusal: Refusal): ImageRead {
  return { kind: 'refused', refusal };
}

function problemOf(fields: ImageFields['fields'], dallE: boolean, facts: ModelFacts): Refusal | null {
  const { n, quality, response_format: format, output_format: output, partial_images: partials } = fields;
  const most = dallE ? 1 : PICTURES_MAX;
  if (!isCount(n, 1, most)) return invalidValue('n', `expected a whole number from 1 to ${most}`);
  const qualities = dallE ? DALL_E_QUALITIES : QUALITIES;
  if (!isOneOf(quality, qualities)) return invalidValue('quality', oneOf(qualities));
  if (dallE && !isOneOf(format, ['url', 'b64_json']))
    return invalidValue('response_format', oneOf(['url', 'b64_json']));
  if (!dallE && format !== undefined) {
    return invalidValue('response_format', `${facts.name} always returns b64_json; leave it out`);
  }
  if (!isOneOf(output, ['png'])) return invalidValue('output_format', "the simulator draws 'png' alone");
  if (!isCount(partials, 0, PARTIALS_MAX)) {
    return invalidValue('partial_images', `expected a whole number from 0 to ${PARTIALS_MAX}`);
  }
  return sizeProblem(fields.size, dallE, facts);
}

function sizeProblem(size: unknown, dallE: boolean, { name }: ModelFacts): Refusal | null {
  const sizes = dallE ? DALL_E_SIZES : GPT_IMAGE_SIZES;
  if (isOneOf(size, sizes)) return null;
  const free = /^gpt-image-([2-9]|\d{2})/.test(name) && typeof size === 'string' && isFreeSize(size);
  return free ? null : invalidValue('size', oneOf(sizes));
}

/** As gpt-image-2 and later take them: multiples of 16 within bounds, at most three times as long as wide. */
function isFreeSize(size: string): boolean {
  if (!/^\d{2,4}x\d{2,4}$/.test(size)) return false;
  const { width, height } = dotsOf(size);
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const even = width % 16 === 0 && height % 16 === 0;
  return even && short > 0 && long <= SIDE_MAX && width * height <= DOTS_MAX && long <= 3 * short;
}

function sizeOf({ size }: ImageFields['fields']): string {
  return typeof size === 'string' && size !== 'auto' ? size : '1024x1024';
}

function dotsOf(size: string): Size {
  const [width = 0, height = 0] = size.split('x').map(Number);
  return { width, height };
}

function qualityOf({ quality }: ImageFields['fields'], dallE: boolean): string {
  if (dallE) return quality === 'hd' ? 'hd' : 'standard';
  return typeof quality === 'string' && quality !== 'auto' ? quality : 'high';
}

function isOneOf(value: unknown, allowed: readonly string[]): boolean {
  return value === undefined || value === null || allowed.some((each) => each === value);
}

function oneOf(allowed: readonly string[]): string {
  return `expected one of ${allowed.map((each) => `'${each}'`).join(', ')}`;
}

/** A form has numbers as texts. */
function isCount(value: unknown, min: number, max: number): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  const number = Number(value);
  return value !== '' && Number.isInteger(number) && number >= min && number <= max;
}

function asCount(value: unknown, otherwise: number): number {
  return value === undefined || value === null ? otherwise : Number(value);
}

function asFlag(value: unknown): boolean {
  return value === true || value === 'true';
}
