/** For tests: what is asked of the calculator, and its parts. */
import type { Workload } from '../demand.ts';
import { chooseModel } from '../model-choice.ts';
import type { MeasuredTraffic, PlanAsk } from '../plan.ts';

export const C20: Workload = {
  name: 'calls',
  callsPerMinute: 1_000,
  prompt: { kind: 'value', tokens: 200 },
  answer: { kind: 'value', tokens: 20 },
  cachedShare: 0,
  maxTokens: null,
};

export function askOf(more: Partial<PlanAsk> = {}, model = 'gpt-5.2'): PlanAsk {
  const chosen = chooseModel(model, { set: '2026' });
  if ('problem' in chosen) throw new Error(chosen.problem);
  return {
    chosen,
    traffic: { kind: 'given', workloads: [C20], arrivals: 'random', seed: 1, loadFactor: 1, isTried: false },
    place: 'global',
    percentile: null,
    units: null,
    reserved: null,
    prices: null,
    ...more,
  };
}

/** Calls of C-20's shape, so many in each minute. */
export function measuredTraffic(callsPerMinute: readonly number[]): MeasuredTraffic {
  const minutes = callsPerMinute.map((calls) => ({
    calls,
    promptTokens: 200 * calls,
    cachedTokens: 0,
    answerTokens: 20 * calls,
    arrivalTokens: 220 * calls,
  }));
  const calls = callsPerMinute.reduce((sum, each) => sum + each, 0);
  return {
    kind: 'measured',
    metered: { model: 'gpt-5.2', minutes, calls, unknownCalls: 0 },
    source: {
      kind: 'measured',
      files: ['gateway.log'],
      models: ['chat'],
      calls,
      unknownCalls: 0,
      from: '2026-11-21T04:11Z',
      minutes: minutes.length,
    },
  };
}
