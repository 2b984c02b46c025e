/** What the samples' front ends send to `/chat` and `/ask`. Fields that mean nothing here are passed over, as their own servers do. */
import { z } from 'zod';
import { type Overrides, overrides as ours, TOP_MAX } from '../server/api.ts';
import { DIALECTS, type Dialect } from '../settings/settings.ts';

const settings = z.looseObject({
  retrieval_mode: z.unknown(),
  semantic_ranker: z.unknown(),
  minimum_reranker_score: z.unknown(),
  top: z.unknown(),
  temperature: z.unknown(),
  seed: z.unknown(),
  reasoning_effort: z.unknown(),
  include_category: z.unknown(),
  exclude_category: z.unknown(),
  prompt_template: z.unknown(),
  suggest_followup_questions: z.unknown(),
});

export const sampleRequest = z.looseObject({
  messages: z
    .array(z.looseObject({ role: z.string(), content: z.string() }))
    .min(1)
    .max(1_000),
  stream: z.boolean().optional(),
  context: z.looseObject({ overrides: settings.partial().optional() }).optional(),
  session_state: z.unknown().optional(),
  sessionState: z.unknown().optional(),
});
export type SampleRequest = z.infer<typeof sampleRequest>;

/** The header says, or the shape does: the JS front end's settings are flat, the Python one's are below `overrides`. */
export function dialectOf(
  { context, sessionState }: SampleRequest,
  header: string | undefined,
  preset: Dialect,
): Dialect {
  const named = DIALECTS.find((each) => each === header?.toLowerCase());
  if (named !== undefined) return named;
  if (sessionState !== undefined) return 'protocol';
  if (context?.overrides !== undefined) return preset === 'js' ? 'python' : preset;
  return context !== undefined && JS_ONLY.some((key) => key in context) ? 'js' : preset;
}

const JS_ONLY = ['approach', 'retrieval_mode', 'semantic_ranker', 'suggest_followup_questions', 'top'];

/** A setting that is none of ours, or out of its range, is left out: their pages send what their forms hold. */
export function overridesOf({ context }: SampleRequest): Overrides {
  const given = settings.partial().safeParse(context?.overrides ?? context ?? {}).data ?? {};
  const top = typeof given.top === 'number' ? Math.min(TOP_MAX, Math.max(1, Math.round(given.top))) : undefined;
  return {
    ...one('top', top),
    ...one('retrievalMode', given.retrieval_mode),
    ...one('rerank', given.semantic_ranker),
    ...one('rerankScoreMin', given.minimum_reranker_score),
    ...one('temperature', given.temperature),
    ...one('seed', given.seed),
    ...one('reasoningEffort', given.reasoning_effort),
    ...one('includeCategory', given.include_category),
    ...one('excludeCategory', given.exclude_category),
    ...one('promptTemplate', given.prompt_template === '' ? undefined : given.prompt_template),
    followups: given.suggest_followup_questions === true,
  };
}

function one(name: keyof Overrides, value: unknown): Overrides {
  return ours.safeParse(value === undefined || value === null || value === '' ? {} : { [name]: value }).data ?? {};
}
