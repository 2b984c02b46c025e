/** Where the words come from, and how many; and what a mix says of answers. */
import type { Answer, PromptSize, Prompts, Shape } from '../spec.ts';
import { SHAPES } from './shapes.ts';
import { contextSizes, mixOf } from './size-words.ts';
import { oneOf, type Problems, readNumber } from './words-of.ts';

/** Of the command line, what says it. */
export interface PromptFlags {
  readonly shapeProfile: string;
  readonly contextTokens?: string;
  readonly contextGenerationMethod: string;
  readonly replayPath?: string;
  readonly replayOrder: string;
  readonly arrivals?: string;
  readonly cacheShare: string;
  readonly maxTokens?: string;
  readonly maxCompletionTokens?: string;
}

export function promptsOf(flags: PromptFlags, problems: Problems): Prompts {
  const how = oneOf(problems, '--context-generation-method', flags.contextGenerationMethod, ['generate', 'replay']);
  return how === 'replay' ? replayed(flags, problems) : generated(flags, problems);
}

function replayed({ replayPath, arrivals, replayOrder }: PromptFlags, problems: Problems): Prompts {
  if (replayPath === undefined)
    problems.add('--context-generation-method replay: needs --replay-path FILE, a JSON array of message lists');
  const order = arrivals === 'trace' ? 'file' : oneOf(problems, '--replay-order', replayOrder, ['random', 'file']);
  return { kind: 'replayed', file: replayPath ?? '', order };
}

function generated(flags: PromptFlags, problems: Problems): Prompts {
  const { replayPath, contextTokens } = flags;
  const shape = shapeOf(flags, problems);
  if (replayPath !== undefined)
    problems.add(`--replay-path ${replayPath}: is not used unless --context-generation-method is replay`);
  const cacheShare = readNumber(problems, '--cache-share', flags.cacheShare, { min: 0, max: 1 });
  const sizes = sizesOf(shape, flags, problems);
  const mean = Math.round(sizes.reduce((sum, each) => sum + each.contextTokens, 0) / sizes.length);
  if (shape !== 'custom' && contextTokens !== undefined && contextTokens !== String(mean)) {
    problems.add(
      `--context-tokens ${contextTokens}: shape ${flags.shapeProfile} has ${mean}; give --shape-profile custom for other sizes`,
    );
  }
  const differ = shape === 'mix' || sizes.length > 1 ? { sizes } : {};
  return { kind: 'generated', shape, contextTokens: mean, cacheShare, ...differ };
}

function shapeOf({ shapeProfile }: PromptFlags, problems: Problems): Shape {
  if (shapeProfile.startsWith('mix:')) return 'mix';
  return oneOf(problems, '--shape-profile', shapeProfile, ['balanced', 'context', 'generation', 'custom']);
}

/** At least one. */
function sizesOf(shape: Shape, flags: PromptFlags, problems: Problems): readonly PromptSize[] {
  const { shapeProfile, contextTokens, maxTokens, maxCompletionTokens } = flags;
  const none = [{ contextTokens: 1, answerTokensMax: null }];
  if (shape === 'mix') {
    const sizes = mixOf(problems, shapeProfile) ?? none;
    // As with the named shapes: what is said of answers by a flag holds for all.
    const isGiven = maxTokens !== undefined || maxCompletionTokens !== undefined;
    return isGiven ? sizes.map((size) => ({ ...size, answerTokensMax: null })) : sizes;
  }
  if (shape !== 'custom') return [{ ...SHAPES[shape], answerTokensMax: null }];
  if (contextTokens === undefined) {
    problems.add('--shape-profile custom: needs --context-tokens COUNT, and --max-tokens COUNT for the answer');
    return none;
  }
  const sizes = contextSizes(problems, contextTokens) ?? [1];
  return sizes.map((tokens) => ({ contextTokens: tokens, answerTokensMax: null }));
}

/** What the shape bounds answers by, where nothing else does: the longest of a mix. Tokens. */
export function answerTokensOf(prompts: Prompts): number | null {
  if (prompts.kind === 'replayed') return null;
  if (prompts.shape !== 'mix' && prompts.shape !== 'custom') return SHAPES[prompts.shape].answerTokensMax;
  const bounds = boundsOf(prompts);
  return bounds.length === 0 ? null : Math.max(...bounds);
}

/** How many tokens are wanted of an answer, on average; null: not bounded. */
export function wantedTokens(answer: Answer, prompts: Prompts): number | null {
  const bounds = boundsOf(prompts);
  return bounds.length === 0 ? answer.tokensMax : bounds.reduce((sum, tokens) => sum + tokens, 0) / bounds.length;
}

/** Of answers, in the sizes that have one of their own. Tokens. */
function boundsOf(prompts: Prompts): readonly number[] {
  const sizes = prompts.kind === 'generated' ? (prompts.sizes ?? []) : [];
  return sizes.flatMap(({ answerTokensMax }) => (answerTokensMax === null ? [] : [answerTokensMax]));
}
