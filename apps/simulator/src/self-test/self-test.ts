/**
 * Asks any Azure OpenAI resource, simulated or real, the questions to which the wire reference has the answers, and reports what
 * differs. A run sends a few dozen short requests, one after the other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock } from '@spillway/clock';
import type { Check, CheckGroup, Subject } from './check.ts';
import { CHAT } from './checks/chat.ts';
import { EMBEDDINGS } from './checks/embeddings.ts';
import { ERRORS } from './checks/errors.ts';
import { FORMS } from './checks/forms.ts';
import { HEADERS } from './checks/headers.ts';
import { MODELS, RESPONSES } from './checks/responses.ts';
import { STREAM } from './checks/stream.ts';
import { failedToRun } from './finding.ts';
import { type CheckResult, type Finding, reportOf, type SelfTestReport } from './report.ts';
import { NotRun, Session } from './session.ts';

export interface SelfTestOptions {
  /** Of the resource: `https://NAME.openai.azure.com`, with or without `/openai` or `/openai/v1`. */
  readonly url: string;
  /** Sent to this origin alone, and in no report. Default: none. */
  readonly key?: string;
  /** For chat. Default `chat`. */
  readonly deployment?: string;
  /** Absent: embeddings are not asked for. */
  readonly embeddingDeployment?: string;
  /** Of the classic paths. Default 2024-10-21. */
  readonly apiVersion?: string;
  /** Default: that of Node. */
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  /** Waits as a 429 asks. Default: in real time. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Called with each result as it comes. */
  readonly onProgress?: (result: CheckResult, done: number, total: number) => void;
}

const DEFAULT_DEPLOYMENT = 'chat';
const DEFAULT_API_VERSION = '2024-10-21';

const GROUPS: readonly CheckGroup[] = [CHAT, STREAM, FORMS, RESPONSES, EMBEDDINGS, MODELS, HEADERS, ERRORS];

/** After so many checks without any answer the rest is not tried. */
export const UNREACHABLE_CHECKS_MAX = 2;

/** @throws Error where the URL is none. */
export async function selfTest(options: SelfTestOptions): Promise<SelfTestReport> {
  const { key = '', clock = systemClock, onProgress = () => {} } = options;
  const origin = originOf(options.url);
  const session = new Session({
    origin,
    key,
    fetch: options.fetch ?? fetch,
    clock,
    sleep: options.sleep ?? ((ms) => sleep(ms)),
  });
  const { deployment = DEFAULT_DEPLOYMENT, embeddingDeployment = null, apiVersion = DEFAULT_API_VERSION } = options;
  const subject: Subject = { session, deployment, embeddingDeployment, apiVersion };
  const startedMs = clock.nowMs();
  const all = GROUPS.flatMap((group) => group.checks.map((check) => ({ group: group.name, check })));
  const checks: CheckResult[] = [];
  for (const { group, check } of all) {
    const finding =
      checks.length >= UNREACHABLE_CHECKS_MAX && session.answered === 0
        ? failedToRun('not tried: nothing answered before')
        : await found(check, subject);
    const { name, expected, source } = check;
    const result = { group, name, expected, source, ...finding };
    checks.push(result);
    onProgress(result, checks.length, all.length);
  }
  const { requests } = session;
  const durationMs = clock.nowMs() - startedMs;
  return reportOf({ url: origin, deployment, embeddingDeployment, apiVersion, checks, requests, durationMs });
}

async function found(check: Check, subject: Subject): Promise<Finding> {
  try {
    return await check.run(subject);
  } catch (error) {
    if (error instanceof NotRun) return failedToRun(error.message);
    throw error;
  }
}

/** Without credentials, query and the parts that every path begins with. */
function originOf(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Error(
      '--self-test: the URL is none of http or https; give that of a resource: https://NAME.openai.azure.com',
    );
  }
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '').replace(/\/openai(\/v1)?$/i, '');
}
