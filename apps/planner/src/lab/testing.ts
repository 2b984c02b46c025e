/** For tests of the lab: a deployment, a client and a scenario of which a test says only what matters to it. */
import type { Arrival, Draw, LabClient, LabDeployment, Scenario, Traffic } from './types.ts';

export function labDeployment(told: Partial<LabDeployment> = {}): LabDeployment {
  const capacity = told.capacity ?? 300;
  return {
    id: 'east/chat',
    model: 'gpt-4o',
    type: 'GlobalStandard',
    capacity,
    trueCapacity: capacity,
    priority: 1,
    weight: 1,
    quotaKey: null,
    promptTokensMax: null,
    firstByteMs: 300,
    tokenMs: 10,
    headers: 'full',
    ...told,
  };
}

export function labClient(told: Partial<LabClient> = {}): LabClient {
  return {
    name: 'client',
    count: 1,
    class: 'standard',
    share: 1,
    prompt: { kind: 'lognormal', median: 600, spread: 0.7, max: 12_000 },
    answer: { kind: 'lognormal', median: 200, spread: 0.7, max: 4_000 },
    bound: 500,
    boundShare: 1,
    choices: { n: 1, share: 0 },
    languages: { english: 1, code: 0, cjk: 0 },
    instructionsTokens: 0,
    conversation: null,
    comebacks: { share: 0, times: 0 },
    arrivals: null,
    ...told,
  };
}

export function labScenario(
  told: Partial<Omit<Scenario, 'traffic'>> & { readonly traffic?: Partial<Traffic> } = {},
): Scenario {
  const { traffic, ...rest } = told;
  return {
    name: 'a test',
    why: 'It is needed by a test.',
    seconds: 600,
    warmUpSeconds: 120,
    fleet: [labDeployment()],
    faults: [],
    waitMsMax: { interactive: 2_000, standard: 2_000, batch: 2_000 },
    promises: [],
    pooledMost: null,
    traffic: { load: 0.95, arrivals: { kind: 'poisson' }, clients: [labClient()], ...traffic },
    ...rest,
  };
}

/** Charged 150 tokens: 100 of the prompt, 50 of the bound. */
export function labArrival(told: Partial<Arrival> = {}): Arrival {
  const { promptTokens = 100 } = told;
  return {
    atMs: 0,
    client: 'client',
    class: 'standard',
    promptTokens,
    promptBytes: promptTokens * 4,
    promptChars: promptTokens * 4,
    answerTokensMax: 50,
    answerTokens: 20,
    choices: 1,
    cacheKey: null,
    sharedTokens: 0,
    comebacks: 0,
    ...told,
  };
}

/** As documented: fixed minutes from the start, refused requests count, nothing is given back. */
export function labDraw(told: Partial<Draw> = {}): Draw {
  return {
    window: 'fixed',
    phaseMs: 0,
    refunds: false,
    countsRefused: true,
    unboundedTokens: 16,
    choicesCount: true,
    requestSliceMs: 60_000,
    limitRequestsOf: 'minute',
    bucketSeconds: 60,
    provisionedUnboundedTokens: 1_000,
    charsPerToken: 4,
    hintsMs: true,
    ...told,
  };
}
