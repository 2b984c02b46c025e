/**
 * Traffic on a simulated resource under virtual time: requests arrive as by chance at a given rate, answers are generated and read
 * to their end, and no time is waited. The benchmark asks how long that takes, test/sim/virtual-time.test.ts whether it is right.
 */
import {
  type DataRequest,
  DEFAULT_ANSWERS,
  Faults,
  type Reply,
  Resource,
  SharedQuotas,
  tokenAtMs,
} from '@spillway/azure-model';
import { FakeClock, seededUnit, type Unit } from '@spillway/clock';
import { modelFacts } from '@spillway/protocol';

export interface TrafficSettings {
  readonly seed: number;
  readonly seconds: number;
  /** Mean; arrivals are a Poisson process. */
  readonly perSecond: number;
}

export interface TrafficFigures {
  readonly requests: number;
  /** Requests by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Content events of streams. */
  readonly events: number;
  /** Characters of all bodies. */
  readonly chars: number;
  /** Of statuses and lengths in their order: equal runs have equal ones. */
  readonly fingerprint: number;
}

const KEY = 'key';
const HEADERS: Readonly<Record<string, string>> = { 'api-key': KEY };
const header = (name: string): string | undefined => HEADERS[name];

/** Both ways of counting, a provisioned deployment with spillover, and embeddings; each is short of what it is asked for. */
function trafficResource(seed: number): Resource {
  const faults = new Faults();
  const world = { modelFacts, faults, quotas: new SharedQuotas([], modelFacts), seeded: seededUnit, seed };
  const facts = {
    name: 'openai1',
    subscription: 'simulated',
    region: 'East US',
    keys: [KEY],
    dialect: '2026',
    deployments: [
      { name: 'chat', model: 'gpt-4o', capacity: 300 },
      { name: 'measured', model: 'gpt-4o', capacity: 300, quotaMode: 'measured-2024' },
      {
        name: 'provisioned',
        model: 'gpt-4o',
        type: 'ProvisionedManaged',
        capacity: 50,
        spilloverDeploymentName: 'chat',
      },
      { name: 'embedding', model: 'text-embedding-3-small', capacity: 350 },
    ],
    latency: { firstTokenMs: 150, perTokenMs: 8 },
    answers: DEFAULT_ANSWERS,
    spilloverFailure: 'standard',
  } as const;
  return new Resource(facts, world);
}

/** Beginnings of long prompts, which the prompt cache finds again. */
export const BEGINNINGS = 20;
const BEGINNING = 'You answer questions about the handbook of the harbour, and name the page. '.repeat(80);

/** A request by chance: three in ten stream, one in ten embeds, one in ten has a long prompt. */
function requestOf(unit: Unit, number: number): DataRequest {
  const kind = unit();
  if (kind < 0.1) return requestTo('embedding', 'embeddings', { input: `sentence ${number % 5000} of many` });
  const deployment = kind < 0.4 ? 'chat' : kind < 0.7 ? 'measured' : 'provisioned';
  const long = unit() < 0.1;
  const system = long ? `${Math.floor(unit() * BEGINNINGS)} ${BEGINNING}` : 'You are brief.';
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: `What about ${number % 5000}?` },
  ];
  const stream = unit() < 0.3;
  return requestTo(deployment, 'chat/completions', { messages, max_tokens: 20 + Math.floor(unit() * 30), stream });
}

function requestTo(deployment: string, operation: string, body: object): DataRequest {
  return {
    method: 'POST',
    path: `/openai/deployments/${deployment}/${operation}`,
    query: 'api-version=2024-10-21',
    header,
    body: JSON.stringify(body),
  };
}

export class Traffic {
  readonly resource: Resource;
  readonly clock = new FakeClock();
  readonly #unit: Unit;
  readonly #settings: TrafficSettings;
  readonly #statuses: Record<number, number> = {};
  #requests = 0;
  #events = 0;
  #chars = 0;
  #fingerprint = 0;

  constructor(settings: TrafficSettings) {
    this.#settings = settings;
    this.#unit = seededUnit(settings.seed);
    this.resource = trafficResource(settings.seed);
  }

  /** @param each called after every virtual minute. */
  run(each: () => void = () => {}): TrafficFigures {
    const { seconds, perSecond } = this.#settings;
    const startMs = this.clock.nowMs();
    const endMs = startMs + seconds * 1000;
    let minuteEndsMs = startMs + 60_000;
    for (;;) {
      this.clock.advance((-Math.log(1 - this.#unit()) * 1000) / perSecond);
      if (this.clock.nowMs() >= endMs) break;
      this.#serve(requestOf(this.#unit, this.#requests++));
      if (this.clock.nowMs() < minuteEndsMs) continue;
      minuteEndsMs += 60_000;
      each();
    }
    return this.figures();
  }

  /** Lets the answers under way come to their end. */
  finish(): void {
    this.clock.advance(3_600_000);
  }

  figures(): TrafficFigures {
    return {
      requests: this.#requests,
      statuses: { ...this.#statuses },
      events: this.#events,
      chars: this.#chars,
      fingerprint: this.#fingerprint,
    };
  }

  #serve(request: DataRequest): void {
    const reply = this.resource.respond(request, this.clock.nowMs());
    if (reply.kind !== 'answer') throw new Error(`no answer, though there are no faults: ${reply.kind}`);
    const chars = this.#read(reply);
    this.#statuses[reply.status] = (this.#statuses[reply.status] ?? 0) + 1;
    this.#chars += chars;
    this.#fingerprint = Math.imul(this.#fingerprint ^ (reply.status * 65_537 + chars), 0x01000193) >>> 0;
    const { work } = reply;
    if (work !== null) this.clock.after(durationMs(reply), () => work.end(this.clock.nowMs(), null));
  }

  /** @returns characters of the body. */
  #read({ body }: Extract<Reply, { kind: 'answer' }>): number {
    if (body.kind !== 'events') return body.kind === 'text' ? body.text.length : body.bytes.length;
    const { events } = body;
    let chars = events.preamble().length;
    for (let i = 0; i < events.contentEvents; i++) chars += events.content(i, i + 1).length;
    this.#events += events.contentEvents;
    return chars + events.ending().length;
  }
}

function durationMs({ waitMs, body }: Extract<Reply, { kind: 'answer' }>): number {
  if (body.kind !== 'events') return waitMs;
  const steps = Math.ceil(body.events.contentEvents / Math.max(1, body.events.choices));
  return waitMs + tokenAtMs(body.pace, Math.max(0, steps - 1));
}
