/** How load is made, in words: the first line of every run, since figures of the two ways cannot be compared. */
import { addressOf } from './load/request.ts';
import { withoutSecrets } from './print/words.ts';
import type { Arrivals, LoadSpec } from './spec.ts';

export function modeOf({ pace, clients, targets }: Pick<LoadSpec, 'pace' | 'clients' | 'targets'>): string {
  const sides = targets.length > 1 ? `, to each of ${targets.length} targets in turns` : '';
  if (pace.kind === 'closed') {
    return `closed loop: ${clients} clients${sides}, each asks again when it has its answer; a slow server slows the load`;
  }
  return `open loop: ${arrivalsText(pace.arrivals)}${sides}, whatever the server does; at most ${clients} under way`;
}

/** Where Responses are asked: v1, unless a version or dialect was named, is a choice that was not asked for. One line each. */
export function responsesNotes(targets: LoadSpec['targets']): readonly string[] {
  return targets
    .filter(({ api }) => api === 'responses')
    .map((target) => `Responses are asked at ${withoutSecrets(addressOf(target))}`);
}

function arrivalsText(arrivals: Arrivals): string {
  switch (arrivals.kind) {
    case 'constant':
      return `${rate(arrivals.perMinute)} per minute, evenly`;
    case 'poisson':
      return `${rate(arrivals.perMinute)} per minute, at random (Poisson)`;
    case 'ramp':
      return `from ${rate(arrivals.fromPerMinute)} to ${rate(arrivals.toPerMinute)} per minute over ${rate(arrivals.overMs / 1_000)} s`;
    case 'steps':
      return arrivals.steps
        .map(({ perMinute, forMs }) => `${rate(perMinute)} per minute for ${rate(forMs / 1_000)} s`)
        .join(', ');
    case 'sweep':
      return `a sweep from ${rate(arrivals.fromPerMinute)} per minute, ${rate(arrivals.factor)} times as many every ${rate(arrivals.stepMs / 1_000)} s until calls are refused`;
    case 'trace':
      return `${arrivals.offsetsMs.length} requests at recorded times`;
  }
}

function rate(value: number): string {
  return String(Number(value.toPrecision(6)));
}
