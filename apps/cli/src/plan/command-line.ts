/** `spillway plan …` on the command line; the work is in ../commands/plan.ts, loaded when it is asked for. */

import { STRATEGY_NAMES, type StrategyName } from '@spillway/policy';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Exit } from '../exit.ts';
import { type Environment, notEmpty, seed } from '../flags.ts';
import { addCapacity, CAPACITY_EXAMPLES } from './capacity-flags.ts';

type SetExit = (exit: Exit) => void;

export function addPlan(program: Command, env: Environment, setExit: SetExit): void {
  const parent = program
    .command('plan')
    .description('what to buy, and how fleets and rules do against a model of Azure; nothing is sent')
    .addHelpText('after', `${EXAMPLES}\n${CAPACITY_EXAMPLES.replace('\nExamples:\n', '')}`);
  addLab(parent, env, setExit);
  addCapacity(parent, env, setExit);
}

const EXAMPLES = `
Examples:
  spillway plan lab --list
  spillway plan lab --quick
  spillway plan lab --scenario steady-95 --strategy headroom,random-in-priority --out report`;

function addLab(parent: Command, env: Environment, setExit: SetExit): void {
  parent
    .command('lab')
    .description(
      'the routing lab: minutes of traffic in a moment, figures against an oracle, promises that hold or not',
    )
    .addOption(
      new Option(
        '--scenario <names>',
        'shipped ones by name, your own by file (.yaml); may be repeated (default: all shipped)',
      ).argParser(collected),
    )
    .addOption(
      new Option('--seeds <count>', 'runs of each scenario, each with another draw').argParser(seeds).default(SEEDS),
    )
    .addOption(
      new Option('--seed <number>', 'the first of the seeds; the same seed gives the same run')
        .argParser(seed)
        .default(1),
    )
    .addOption(new Option('--strategy <names>', 'compared on the same traffic (default: all)').argParser(strategies))
    .addOption(new Option('--minutes <number>', 'cut longer scenarios off after so many minutes').argParser(minutes))
    .option('--quick', `a first look: ${QUICK_SEEDS} seeds, headroom against random-in-priority`)
    .option('--list', 'print the shipped scenarios, each with its reason')
    .option('--json', 'print every figure as one JSON object on standard output')
    .addOption(
      new Option('--out <folder>', 'write report.html there, and an SVG file of each scenario').argParser(notEmpty),
    )
    .addHelpText('after', `${EXAMPLES}\n\nExit 1 where a promise is missed. docs/lab.md tells what the figures are.`)
    .action(async (flags) => {
      const { lab } = await import('../commands/plan.ts');
      setExit(await lab(flags, env));
    });
}

const SEEDS = 20;
/** Enough for a look, too few for a verdict. */
export const QUICK_SEEDS = 3;
const SEEDS_MAX = 1_000;

function seeds(text: string): number {
  const value = /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0;
  if (value >= 1 && value <= SEEDS_MAX) return value;
  throw new InvalidArgumentError(
    `It is not a whole number from 1 to ${SEEDS_MAX}; ${SEEDS} are what the promises are about.`,
  );
}

const MINUTES_MAX = 1_440;

function minutes(text: string): number {
  const value = /^\d{1,4}(?:\.\d+)?$/.test(text.trim()) ? Number(text) : 0;
  if (value > 0 && value <= MINUTES_MAX) return value;
  throw new InvalidArgumentError(
    `It is not a number above 0 and at most ${MINUTES_MAX}; leave it out to run scenarios whole.`,
  );
}

function collected(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), ...listed(text)];
}

function listed(text: string): readonly string[] {
  return notEmpty(text)
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function strategies(text: string): readonly StrategyName[] {
  return [...new Set(listed(text))].map((name) => {
    const known = STRATEGY_NAMES.find((each) => each === name);
    if (known !== undefined) return known;
    throw new InvalidArgumentError(`'${name}' is no strategy; there are ${STRATEGY_NAMES.join(', ')}.`);
  });
}
