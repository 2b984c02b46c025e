/** Where runs of the evaluation are kept, and what the page's runs ask. */
import { dirname, join, parse } from 'node:path';
import { type Environment, Sheet } from './sheet.ts';
import { DEFAULT_FILE } from './store-settings.ts';

export interface EvaluationSettings {
  /** Folder of results; null: the app keeps them in memory. */
  readonly folder: string | null;
  /** null: those that came along. */
  readonly questions: string | null;
  /** null: those that came along, where the questions did. */
  readonly floors: string | null;
}

const NONE = 'none';

export function evaluationSettings(sheet: Sheet): EvaluationSettings {
  const folder = sheet.text('SPILLWAY_CHAT_EVALUATIONS');
  return {
    folder:
      folder?.toLowerCase() === NONE ? null : (folder ?? beside(sheet.text('SPILLWAY_CHAT_FILE') ?? DEFAULT_FILE)),
    questions: sheet.text('SPILLWAY_CHAT_EVALUATION_QUESTIONS'),
    floors: sheet.text('SPILLWAY_CHAT_EVALUATION_FLOORS'),
  };
}

/** For the command, which needs no other setting to keep a result. null: it keeps none. */
export function evaluationsFolder(env: Environment): string | null {
  return evaluationSettings(new Sheet(env)).folder;
}

/** Where the index is in memory, nothing of this is written either. */
function beside(file: string): string | null {
  return file === ':memory:' ? null : join(dirname(file), `${parse(file).name}-evaluations`);
}
