/** What the gateway told of its choice, for people: `x-spillway-decision` as JSON is text from elsewhere, so it is read with care. Pure. */
import type { GatewayStep } from './answer.ts';

export interface Attempt {
  readonly deployment: string;
  readonly outcome: string;
  readonly status: number | null;
}

export interface PassedOver {
  readonly deployment: string;
  readonly reason: string;
  /** Since 1970; null: no end is known. */
  readonly untilMs: number | null;
}

export interface DecisionView {
  readonly attempts: readonly Attempt[];
  readonly passedOver: readonly PassedOver[];
}

export function decisionOf(text: string | null): DecisionView | null {
  const value = parsed(text);
  if (!isObject(value)) return null;
  return {
    attempts: list(value, 'attempts').map((item) => ({
      deployment: textIn(item, 'deployment'),
      outcome: textIn(item, 'outcome'),
      status: numberIn(item, 'status'),
    })),
    passedOver: list(value, 'passedOver').map((item) => ({
      deployment: textIn(item, 'deployment'),
      reason: textIn(item, 'reason'),
      untilMs: numberIn(item, 'untilMs'),
    })),
  };
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function list(value: object, key: string): readonly object[] {
  const items: unknown = Reflect.get(value, key);
  return Array.isArray(items) ? items.filter(isObject) : [];
}

function textIn(value: object, key: string): string {
  const text: unknown = Reflect.get(value, key);
  return typeof text === 'string' ? text : '';
}

function numberIn(value: object, key: string): number | null {
  const number: unknown = Reflect.get(value, key);
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export interface GatewaySummary {
  /** Who answered the question itself; null: not told. */
  readonly answeredBy: string | null;
  /** Names, each once, with the latest end that was told. */
  readonly throttled: ReadonlyArray<{ readonly deployment: string; readonly untilMs: number | null }>;
  readonly waitedMs: number;
}

/** Over all steps of an answer; null: whoever answered said nothing of this, as any other gateway. */
export function summaryOf(steps: readonly GatewayStep[]): GatewaySummary | null {
  const told = steps.filter(({ gateway }) => gateway.deployment !== null || gateway.decision !== null);
  if (told.length === 0) return null;
  const throttled = new Map<string, number | null>();
  for (const { gateway } of told) {
    const decision = decisionOf(gateway.decision);
    for (const { deployment, outcome } of decision?.attempts ?? [])
      if (outcome === 'throttled' && !throttled.has(deployment)) throttled.set(deployment, null);
    for (const { deployment, reason, untilMs } of decision?.passedOver ?? [])
      if (reason === 'throttled') throttled.set(deployment, later(throttled.get(deployment) ?? null, untilMs));
  }
  return {
    answeredBy: told.findLast(({ step }) => step === 'answer')?.gateway.deployment ?? null,
    throttled: [...throttled].map(([deployment, untilMs]) => ({ deployment, untilMs })),
    waitedMs: told.reduce((sum, { gateway }) => sum + (gateway.waitedMs ?? 0), 0),
  };
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
