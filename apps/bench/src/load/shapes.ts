/** The shapes of load that azure-openai-benchmark named, with its numbers (simulator reference B-30 to B-33). */
import type { Shape } from '../spec.ts';

export interface ShapeFigures {
  /** Tokens of the prompt. */
  readonly contextTokens: number;
  /** Tokens of the answer at most. */
  readonly answerTokensMax: number;
}

/** custom and mix have none: they are given. */
export const SHAPES: Readonly<Record<Exclude<Shape, 'custom' | 'mix'>, ShapeFigures>> = {
  balanced: { contextTokens: 500, answerTokensMax: 500 },
  context: { contextTokens: 2_000, answerTokensMax: 200 },
  generation: { contextTokens: 500, answerTokensMax: 1_000 },
};
