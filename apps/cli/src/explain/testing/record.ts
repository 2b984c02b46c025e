/** A record for tests: three choices, a wait and two tries, made by the very code that makes them in operation. */
import { createHash } from 'node:crypto';
import {
  choose,
  type Decision,
  type DecisionRecord,
  type Deployment,
  type Look,
  NO_NEED,
  NOTHING_KNOWN,
  recordOf,
  strategyOf,
} from '@spillway/policy';

/** 2026-11-21 12:34:33.128 UTC. */
const AT = Date.UTC(2026, 10, 21, 12, 34, 33, 128);

function deployment(id: string, priority: number): Deployment {
  const credential = { kind: 'key', key: 'secret' } as const;
  const backend = { name: '', url: '', credential, region: null, dialect: 'both', apiVersion: null } as const;
  return { id, backend, name: 'chat', ...NOTHING_KNOWN, priority, weight: 1 };
}

const [ONE, TWO, THREE] = [
  deployment('openai1/gpt-4o', 1),
  deployment('openai2/gpt-4o-with-a-very-long-name', 1),
  deployment('openai3/gpt-4o', 2),
];

type Seen = Pick<Look, 'found'> & Partial<Pick<Look, 'free' | 'warmth' | 'inFlight'>>;

function decision(atMs: number, seen: readonly Seen[], isLastResort = false): Decision {
  const looks = [ONE, TWO, THREE].map((each, i): Look => {
    const { found = null, free = 1, warmth = 1, inFlight = 0 } = seen[i] ?? {};
    const isGuess = found?.isGuess ?? false;
    const why = { found, reason: found?.reason ?? null, untilMs: found?.untilMs ?? null, isGuess };
    return { deployment: each, ...why, free, warmth, inFlight, latencyMs: null, kinship: 0, isHot: false };
  });
  const facts = { cachedShare: 0.5, turn: 7 };
  const chosen = choose(looks, strategyOf('headroom'), facts, { unit: 0.25, isLastResort });
  const grounds = { looks, strategy: 'headroom', facts, at: { nowMs: atMs, unit: 0.25 }, isLastResort } as const;
  return chosen === null
    ? { kind: 'none', deployment: null, ...grounds }
    : { kind: 'send', deployment: chosen.deployment, ...grounds };
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

export function testRecord(): DecisionRecord {
  const throttled = { reason: 'throttled', untilMs: AT + 4_240, isGuess: false } as const;
  const spent = { reason: 'noHeadroom', untilMs: AT + 59_900, isGuess: true } as const;
  const paused = { reason: 'paused', untilMs: null, isGuess: false } as const;
  const tried = { reason: 'tried', untilMs: null, isGuess: false } as const;
  const picks = [
    decision(AT, [{ found: null, free: 0.42, inFlight: 3 }, { found: throttled, free: 0 }, { found: paused }]),
    decision(AT + 41, [{ found: tried }, { found: throttled, free: 0 }, { found: paused }]),
    decision(AT + 541, [{ found: tried }, { found: spent, free: 0.1, warmth: 0.4 }, { found: paused }], true),
  ];
  const course = {
    requestId: '2f0c8a3e-5d1b-4c57-9a44-0d6f1c9b7e21',
    client: 'chat-app',
    operation: 'chat.completions',
    model: 'gpt-4o',
    pool: 'gpt-4o',
    startedMs: AT - 2,
    durationMs: 1_251.5,
    status: 200,
    ending: 'whole',
    servedBy: TWO?.id ?? null,
    retryAfterMs: null,
    need: {
      ...NO_NEED,
      promptTokens: 812,
      cachedTokens: 406,
      answerTokens: 96.4,
      answerTokensMax: 400,
      class: 'interactive',
    },
    picks,
    picksLeftOut: 0,
    waits: [{ fromMs: AT + 41, waitedMs: 500 }],
    attempts: [
      {
        deployment: 'openai1/gpt-4o',
        startedMs: AT,
        headMs: 40.25,
        durationMs: 40.5,
        outcome: { kind: 'throttled', status: 429, hint: null },
        chargedTokens: 1_212,
        azure: { apimRequestId: 'e0142602-490c-47df-ad4f-58f6b62c9128', requestId: null, region: 'East US' },
      },
      {
        deployment: 'openai2/gpt-4o-with-a-very-long-name',
        startedMs: AT + 541,
        headMs: 598,
        durationMs: 708,
        outcome: { kind: 'answered', status: 200 },
        chargedTokens: null,
        azure: { apimRequestId: null, requestId: 'f07fa942', region: null },
      },
    ],
    usage: { promptTokens: 800, cachedTokens: 256, completionTokens: 39, reasoningTokens: 0 },
    usageEstimated: false,
    cost: null,
  } as const;
  return recordOf(course, digestOf);
}
