/** What a picture of the gpt-image models is billed as. Source: OpenAI's image guide, "Cost and latency". */
import type { ImageAsk } from './image-ask.ts';

/** By quality: a square, and one that is longer than it is wide or the other way. Tokens. */
const TOKENS: Readonly<Record<string, readonly [square: number, tall: number, wide: number]>> = {
  low: [272, 408, 400],
  medium: [1056, 1584, 1568],
  high: [4160, 6240, 6208],
};
const SQUARE_DOTS = 1024 * 1024;
/** What each partial picture adds. */
const PARTIAL_TOKENS = 100;

/** Sizes beside the three of the table are taken by their area. */
export function pictureTokensOf({ quality, size, partials, pictures }: ImageAsk): number {
  const [square, tall, wide] = TOKENS[quality] ?? [4160, 6240, 6208];
  const { width, height } = size;
  const listed = width * height === 1024 * 1536;
  const each = listed ? (height > width ? tall : wide) : Math.round((square * width * height) / SQUARE_DOTS);
  return pictures * each + (partials ?? 0) * PARTIAL_TOKENS;
}

/** As a JSON text. */
export function usageJson(ask: ImageAsk): string {
  const output = pictureTokensOf(ask);
  const input = ask.promptTokens + ask.pictureTokens;
  const details = `{"image_tokens":${ask.pictureTokens},"text_tokens":${ask.promptTokens}}`;
  return `{"input_tokens":${input},"input_tokens_details":${details},"output_tokens":${output},"total_tokens":${input + output}}`;
}
