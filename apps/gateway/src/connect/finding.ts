/** What `spillway check --connect` found out about one deployment. Data: printing is the command's matter. */

export type Verdict = 'ok' | 'warn' | 'fail';

/** In the order in which they are found out; what comes after a failed one is not known and is left out. */
export type StepName =
  /** A token could be had; left out for backends with a key. */
  | 'credential'
  /** DNS, TCP, TLS, and any answer at all. */
  | 'reach'
  /** The backend accepted the key or token, and its network rules let the gateway in. */
  | 'accepted'
  /** The backend knows the deployment. Left out where none was asked for. */
  | 'deployment'
  /** The model that answered is the one configured. Left out where none was asked for. */
  | 'model'
  /** What the answer's headers say of the quota. Left out where none was asked for. */
  | 'quota';

export interface ConnectStep {
  readonly name: StepName;
  readonly verdict: Verdict;
  /** A sentence without its full stop. */
  readonly text: string;
}

/** No part of it holds a secret: answers are quoted without the credential that was sent. */
export interface ConnectFinding {
  readonly backend: string;
  /** Id of the deployment; of the resource itself (`<backend>/`) where no deployment is listed. */
  readonly deployment: string;
  /** The worst of its steps. */
  readonly verdict: Verdict;
  /** What was sent, for example `POST https://…/chat/completions?api-version=… with max_tokens 1`. */
  readonly asked: string;
  /** What came back, in a few words. */
  readonly answered: string;
  /** What to do about it; null where all is well. */
  readonly wayOut: string | null;
  readonly steps: readonly ConnectStep[];
  /** Status of the answer; null where none came. */
  readonly status: number | null;
  /** As the answer named it; null where it did not. */
  readonly model: string | null;
  /** From the first to the last of it, waiting for a token included. Milliseconds. */
  readonly durationMs: number;
}
