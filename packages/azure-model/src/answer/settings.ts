/** What a resource says: by default prose, or an answer from the sources that the prompt carries. */

export interface AnswerSettings {
  /** auto: from sources where the prompt has some, else prose. prose: always. echo: what the user said last. */
  readonly style: 'auto' | 'prose' | 'echo';
  /** Length of prose that nothing else bounds. Tokens. */
  readonly tokensMedian: number;
  /** Prose goes on until the request's limit, as load tests want it. */
  readonly fill: boolean;
  /** The first rule that fits a request answers it. */
  readonly script: readonly ScriptRule[];
}

/** Answers given word for word. What a rule does not name fits everything. */
export interface ScriptRule {
  /** Name of the deployment. */
  readonly deployment: string | null;
  /** Stands in what the user said last, in any case. */
  readonly contains: string | null;
  /** A regular expression for the same, in any case. */
  readonly matches: string | null;
  /** null where the rule calls a tool. */
  readonly answer: string | null;
  /** Called in place of an answer; null for none. */
  readonly call: { readonly name: string; readonly arguments: unknown } | null;
}

export const DEFAULT_ANSWERS: AnswerSettings = { style: 'auto', tokensMedian: 50, fill: false, script: [] };
