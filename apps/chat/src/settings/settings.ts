/** All settings of the chat app, read once from the environment: every error at once, or settings that hold together. */
import { RETRIEVAL_MODES, type RetrievalMode } from '../events.ts';
import { type AuthSettings, authSettings } from './auth-settings.ts';
import { type EvaluationSettings, evaluationSettings } from './evaluation-settings.ts';
import { type LimitSettings, limitSettings } from './limit-settings.ts';
import { type ModelSettings, modelSettings } from './model-settings.ts';
import { type Environment, listed, type SettingProblem, Sheet } from './sheet.ts';
import { type KeptIn, storeSettings } from './store-settings.ts';

export interface Settings {
  readonly models: ModelSettings;
  readonly store: KeptIn;
  readonly auth: AuthSettings;
  readonly limits: LimitSettings;
  readonly page: PageSettings;
  readonly retrieval: RetrievalSettings;
  readonly evaluation: EvaluationSettings;
}

/** Who may upload beside admins: nobody, those with a name, or visitors without one as well. */
export type Uploads = 'none' | 'named' | 'everyone';

export interface PageSettings {
  readonly title: string;
  /** Offered where a conversation begins. */
  readonly examples: readonly string[];
  readonly uploads: Uploads;
  readonly speechInput: boolean;
  readonly speechOutput: boolean;
  readonly languagePicker: boolean;
  /** Origins of pages elsewhere that may ask; `*`: all. Cookies are never taken from them. */
  readonly origins: readonly string[];
  /** Which of the samples' dialects `/chat` speaks where a request does not tell. */
  readonly dialect: Dialect;
}

/** The JS sample, the AI Chat Protocol, the Python sample to early 2026, the same of mid 2026 (chat-app.md §5). */
export type Dialect = 'js' | 'protocol' | 'python' | 'responses';
export const DIALECTS: readonly Dialect[] = ['js', 'protocol', 'python', 'responses'];

export interface RetrievalSettings {
  /** Passages that an answer is made from. */
  readonly top: number;
  /** `auto`: hybrid where the probe found that vectors help, else text. */
  readonly mode: 'auto' | RetrievalMode;
  /** Of the vectors' ranking beside that of the words, from 0 to 1; null: 1. */
  readonly vectorWeight: number | null;
  /** Who reads what was found and puts it in order, where the search service does not. */
  readonly rerank: 'off' | 'model';
  /** Tokens of sources, and of earlier turns, that go into a prompt. */
  readonly sourceTokensMax: number;
  readonly historyTokensMax: number;
  /** In place of the system prompt; behind `>>>` it is added to it. */
  readonly prompt: string | null;
  readonly followups: boolean;
}

export type ReadSettings =
  | { readonly kind: 'ok'; readonly settings: Settings }
  | { readonly kind: 'errors'; readonly errors: readonly SettingProblem[] };

export function readSettings(env: Environment): ReadSettings {
  const sheet = new Sheet(env);
  const settings = settingsOf(sheet);
  for (const name of Object.keys(env)) unknownName(sheet, name);
  return sheet.problems.length > 0 ? { kind: 'errors', errors: sheet.problems } : { kind: 'ok', settings };
}

/** Whatever is wrong is written down in the sheet. */
export function settingsOf(sheet: Sheet): Settings {
  const settings: Settings = {
    models: modelSettings(sheet),
    store: storeSettings(sheet),
    auth: authSettings(sheet),
    limits: limitSettings(sheet),
    page: pageSettings(sheet),
    retrieval: retrievalSettings(sheet),
    evaluation: evaluationSettings(sheet),
  };
  // Not a setting of the app: what `spillway chat eval --url` asks with.
  sheet.text('SPILLWAY_CHAT_KEY');
  return settings;
}

function pageSettings(sheet: Sheet): PageSettings {
  return {
    title: sheet.text('SPILLWAY_CHAT_TITLE') ?? 'Ask your documents',
    examples: listed(sheet.text('SPILLWAY_CHAT_EXAMPLES') ?? '', '|'),
    uploads: uploads(sheet),
    speechInput: sheet.flag('USE_SPEECH_INPUT_BROWSER', true),
    speechOutput: sheet.flag('USE_SPEECH_OUTPUT_BROWSER', true),
    languagePicker: sheet.flag('ENABLE_LANGUAGE_PICKER', true),
    origins: sheet.list('ALLOWED_ORIGINS', 'ALLOWED_ORIGIN'),
    dialect: sheet.choice('SPILLWAY_CHAT_DIALECT', DIALECTS, 'python'),
  };
}

/** Said, it holds for visitors without a name as well; they are not meant where nothing is said. */
function uploads(sheet: Sheet): Uploads {
  if (!sheet.flag('USE_USER_UPLOAD', true)) return 'none';
  return sheet.text('USE_USER_UPLOAD') === null ? 'named' : 'everyone';
}

function retrievalSettings(sheet: Sheet): RetrievalSettings {
  return {
    top: sheet.whole('SPILLWAY_CHAT_TOP', { min: 1, max: 20, preset: 6 }),
    mode: sheet.choice('SPILLWAY_CHAT_RETRIEVAL', ['auto', ...RETRIEVAL_MODES], 'auto'),
    vectorWeight: sheet.number('SPILLWAY_CHAT_VECTOR_WEIGHT', { min: 0, max: 1 }),
    rerank: sheet.choice('SPILLWAY_CHAT_RERANK', ['off', 'model'], 'off'),
    sourceTokensMax: sheet.whole('SPILLWAY_CHAT_SOURCE_TOKENS_MAX', { min: 200, max: 200_000, preset: 3_000 }),
    historyTokensMax: sheet.whole('SPILLWAY_CHAT_HISTORY_TOKENS_MAX', { min: 0, max: 200_000, preset: 2_000 }),
    prompt: sheet.text('SPILLWAY_CHAT_PROMPT'),
    followups: sheet.flag('SPILLWAY_CHAT_FOLLOWUPS', true),
  };
}

const OWN = 'SPILLWAY_CHAT_';

/** Ours alone are checked: a name that does nothing is a typing error, while the samples have many that other parts of them read. */
function unknownName(sheet: Sheet, name: string): void {
  if (!name.startsWith(OWN) || sheet.asked.has(name)) return;
  const near = [...sheet.asked.keys()]
    .filter((each) => each.startsWith(OWN))
    .sort((a, b) => apart(name, a) - apart(name, b));
  const remedy = `did you mean ${near[0]}?`;
  sheet.missing(name, 'is not a setting of the chat app', remedy);
}

/** How many of their letters two names do not share, in order (Levenshtein). */
function apart(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
