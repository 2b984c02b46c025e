/** A promise as it is told: the median, all seeds together, and how many of them miss the limit alone. */
import { grouped } from '@spillway/drawing';
import type { PromiseCheck, SeedCheck } from '../lab/promises.ts';
import type { PromiseSpread, PromiseView, SeedValue } from './view.ts';

export function promiseView(check: PromiseCheck): PromiseView {
  const { promise, name, measured, pooled, holds } = check;
  return {
    promise,
    name,
    measured: figureText(measured),
    pooled: figureText(pooled),
    wanted: wantedText(check),
    holds,
    told: toldText(check),
    spread: spreadView(check),
  };
}

function wantedText({ sense, wanted, pooledWanted }: PromiseCheck): string {
  const limit = (value: number) => `${sense === 'atMost' ? 'at most' : 'at least'} ${digits(value)}`;
  if (Number.isNaN(wanted)) return 'nothing to compare to';
  const isSame = pooledWanted === null || Number.isNaN(pooledWanted) || digits(pooledWanted) === digits(wanted);
  return isSame ? limit(wanted) : `${limit(wanted)}, pooled ${limit(pooledWanted)}`;
}

function toldText({ sense, measured, pooled, seeds, seedsOver, worst }: PromiseCheck): string {
  if (worst === null || Number.isNaN(measured)) return 'not measured';
  const told = `seed ${worst.seed}: ${digits(worst.value)}`;
  if (seeds.length === 1) return told;
  const side = sense === 'atMost' ? 'over' : 'under';
  const over = `${seedsOver === 0 ? 'none' : seedsOver} of ${seeds.length} seeds ${side} (worst ${told})`;
  return `median ${digits(measured)} · pooled ${figureText(pooled)} · ${over}`;
}

function spreadView({ sense, measured, wanted, pooled, pooledWanted, seeds, seedsOver, worst }: PromiseCheck) {
  const view: PromiseSpread = {
    sense,
    median: orNull(measured),
    limit: orNull(wanted),
    pooled: orNull(pooled),
    pooledLimit: pooledWanted === null ? null : orNull(pooledWanted),
    seedsOver,
    worst: worst === null ? null : seedValue(worst),
    seeds: seeds.map(seedValue),
  };
  return view;
}

function seedValue({ seed, value, wanted, isOver }: SeedCheck): SeedValue {
  return { seed, value, limit: wanted, isOver };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function figureText(value: number): string {
  return Number.isNaN(value) ? 'not measured' : digits(value);
}

/** So many as say which side of a limit it is on, and no empty ones. */
export function digits(value: number): string {
  if (Number.isInteger(value)) return grouped(value);
  return grouped(value, value < 10 ? 3 : 1).replace(/\.?0+$/, '');
}
