/** `spillway plan capacity` on the command line: its flags and their values. The work is in ../commands/capacity.ts. */
import {
  ARRIVALS,
  type ArrivalKind,
  FIGURE_SETS,
  type FigureSet,
  type Place,
  TRAFFIC_FORMATS,
  type TrafficFormat,
} from '@spillway/planner';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Exit } from '../exit.ts';
import { type Environment, notEmpty, seed } from '../flags.ts';
import type { Paint } from '../lines.ts';

/** What the command needs of the world; tests give their own. */
export interface CapacityIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly paint: Paint;
}

export interface CapacityFlags {
  readonly model?: readonly string[];
  readonly type: Place;
  readonly calls?: number;
  readonly promptTokens?: string;
  readonly answerTokens?: string;
  readonly cacheRate?: number;
  readonly maxTokens?: number;
  readonly workload?: readonly string[];
  readonly from?: readonly string[];
  readonly format?: TrafficFormat;
  readonly columns?: readonly string[];
  readonly only?: readonly string[];
  readonly percentile?: number;
  readonly arrivals: ArrivalKind;
  readonly seed: number;
  readonly loadFactor?: number;
  readonly ptus?: number;
  readonly try?: boolean;
  readonly figures: FigureSet;
  readonly inputTpmPerPtu?: number;
  readonly outputWeight?: number;
  readonly min?: number;
  readonly increment?: number;
  readonly prices?: string;
  readonly currency?: string;
  readonly pricePtuHour?: number;
  readonly pricePtuMonth?: number;
  readonly pricePtuYear?: number;
  readonly priceInput?: number;
  readonly priceCachedInput?: number;
  readonly priceOutput?: number;
  readonly reserved?: number;
  readonly listModels?: boolean;
  readonly json?: boolean;
  readonly out?: string;
}

export const CAPACITY_EXAMPLES = `
Examples:
  spillway plan capacity --model gpt-5.2 --calls 1000 --prompt-tokens 200 --answer-tokens 20
  spillway plan capacity --from gateway.log --percentile 95 --out report
  spillway plan capacity --model gpt-5.2 --ptus 100 --prompt-tokens 200 --answer-tokens 20
  spillway plan capacity --list-models`;

const CSV_HELP = `
A CSV file has a header that names its columns: time, prompt_tokens, completion_tokens, and if you have them cached_tokens, model,
calls (rows that stand for several calls hold the tokens of all), max_tokens. Others by --columns time=When,prompt=In,answer=Out.
Times are ISO 8601, without a zone in UTC, or seconds or milliseconds since 1970. Files may be gzip; - is standard input.
docs/capacity.md tells how each figure is computed.`;

/** @param io where it writes; absent: this process's output. */
export function addCapacity(parent: Command, env: Environment, setExit: (exit: Exit) => void, io?: CapacityIo): void {
  const command = parent
    .command('capacity')
    .description('what to buy: PTUs and Standard quota for a traffic, what it costs, and what overflows');
  for (const option of [...trafficOptions(), ...measuredOptions(), ...modelOptions(), ...priceOptions()]) {
    command.addOption(option);
  }
  command
    .option('--list-models', 'print the table of models: PTU figures, minimum and increment, dates')
    .option('--json', 'print every figure as JSON, an object for each model, on standard output')
    .addOption(new Option('--out <folder>', 'write report.html there, with plots').argParser(notEmpty))
    .addHelpText('after', `${CAPACITY_EXAMPLES}\n${CSV_HELP}`)
    .action(async (flags: CapacityFlags) => {
      const { capacity } = await import('../commands/capacity.ts');
      setExit(await capacity(flags, env, io));
    });
}

const TOKENS = 'a number, uniform:100-300, lognormal:mean=800,p95=2000 or histogram:FILE';

function trafficOptions(): readonly Option[] {
  return [
    new Option('--model <names>', 'models to plan, by comma; "all" compares every one of the table').argParser(listed),
    new Option('--type <type>', 'deployment type told in detail: global, data-zone or regional')
      .argParser(place)
      .default('global'),
    new Option('--calls <count>', 'calls per minute at the peak').argParser(above0('calls per minute', 1_000)),
    new Option('--prompt-tokens <tokens>', `of a call: ${TOKENS}`).argParser(notEmpty),
    new Option('--answer-tokens <tokens>', 'of a call, thoughts included; the same').argParser(notEmpty),
    new Option('--cache-rate <share>', 'share of prompt tokens read from the cache: 50% or 0.5').argParser(share),
    new Option('--max-tokens <count>', "the calls' own max_tokens, which Standard quota counts on arrival").argParser(
      above0('tokens', 800),
    ),
    new Option(
      '--workload <text>',
      'one of several: "calls=600 prompt=800 answer=200 cache=30% max=500 name=chat"; may be repeated',
    ).argParser(collected),
    new Option('--ptus <count>', 'the reverse: what so many PTUs carry').argParser(above0('PTUs', 100)),
    new Option('--arrivals <kind>', 'how calls come within the minutes').choices(ARRIVALS).default('random'),
    new Option('--seed <number>', 'of random arrivals; the same seed gives the same minutes')
      .argParser(seed)
      .default(1),
    new Option('--try', 'also run the calls against a model of Azure, ten minutes in a moment'),
  ];
}

function measuredOptions(): readonly Option[] {
  return [
    new Option(
      '--from <files>',
      'measured traffic instead: logs of spillway gateway --log-format json, or CSV; may be repeated',
    ).argParser(collectedList),
    new Option('--format <format>', 'of the files (default: csv by their names, else log)').choices(TRAFFIC_FORMATS),
    new Option('--columns <names>', 'of a CSV file, where they are called otherwise: time=When,prompt=In').argParser(
      listed,
    ),
    new Option('--only <names>', 'count records of these models alone').argParser(listed),
    new Option(
      '--percentile <number>',
      'PTUs for so busy a minute; the rest overflows (default of --from: 95)',
    ).argParser(percentile),
  ];
}

function modelOptions(): readonly Option[] {
  return [
    new Option('--figures <year>', 'edition of the table; 2024 has gpt-4o and gpt-4o-mini with output weight 3')
      .choices(FIGURE_SETS)
      .default('2026'),
    new Option('--input-tpm-per-ptu <tokens>', 'figure of a model by hand').argParser(above0('tokens', 3_400)),
    new Option('--output-weight <number>', 'input tokens that an output token counts for').argParser(above0('', 8)),
    new Option('--min <count>', 'fewest PTUs that can be bought').argParser(above0('PTUs', 15)),
    new Option('--increment <count>', 'PTUs are bought in steps of so many').argParser(above0('PTUs', 5)),
  ];
}

function priceOptions(): readonly Option[] {
  return [
    new Option('--prices <file>', 'dated prices by model and type (YAML; docs/capacity.md)').argParser(notEmpty),
    priced('--price-ptu-hour <price>', 'of a PTU by the hour'),
    priced('--price-ptu-month <price>', 'of a PTU reserved for a month'),
    priced('--price-ptu-year <price>', 'of a PTU reserved for a year'),
    priced('--price-input <price>', 'of a million input tokens'),
    priced('--price-cached-input <price>', 'of a million cached input tokens (default: as input)'),
    priced('--price-output <price>', 'of a million output tokens'),
    new Option('--currency <code>', 'of the prices given by flags').argParser(notEmpty),
    new Option('--reserved <count>', 'PTUs that a reservation covers (default: all); others by the hour').argParser(
      quantity('PTUs', 100),
    ),
    new Option(
      '--load-factor <share>',
      'an average minute as a share of the peak, for costs (default: 100%)',
    ).argParser(share),
  ];
}

function priced(flags: string, what: string): Option {
  return new Option(flags, what).argParser(quantity('', 2.5));
}

const NUMBER_MAX = 1e12;

function number(text: string): number {
  const plain = text.trim().replaceAll('_', '');
  return /^\d+(?:\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

function above0(unit: string, example: number) {
  return (text: string): number => {
    const value = number(text);
    if (value > 0 && value <= NUMBER_MAX) return value;
    throw new InvalidArgumentError(
      `It is not a number${unit === '' ? '' : ` of ${unit}`} above 0; write for example ${example}.`,
    );
  };
}

function quantity(unit: string, example: number) {
  return (text: string): number => {
    const value = number(text);
    if (value <= NUMBER_MAX) return value;
    throw new InvalidArgumentError(
      `It is not a number${unit === '' ? '' : ` of ${unit}`} from 0; write for example ${example}.`,
    );
  };
}

/** `50%` or `0.5`. */
export function share(text: string): number {
  const value = text.trim().endsWith('%') ? number(text.trim().slice(0, -1)) / 100 : number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It is not a share from 0 to 100 %; write 50% or 0.5.');
}

function percentile(text: string): number {
  const value = number(text.replace(/^p/i, ''));
  if (value > 0 && value <= 100) return value;
  throw new InvalidArgumentError(
    'It is not a percentile above 0, up to 100; 95 leaves one minute of twenty to overflow.',
  );
}

const PLACES: Readonly<Record<string, Place>> = {
  global: 'global',
  globalprovisionedmanaged: 'global',
  datazone: 'dataZone',
  datazoneprovisionedmanaged: 'dataZone',
  regional: 'regional',
  provisionedmanaged: 'regional',
};

function place(text: string): Place {
  const found = PLACES[text.toLowerCase().replace(/[-_ ]/g, '')];
  if (found !== undefined) return found;
  throw new InvalidArgumentError('It is none of global, data-zone, regional.');
}

function listed(text: string): readonly string[] {
  return notEmpty(text)
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function collected(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), notEmpty(text)];
}

function collectedList(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), ...listed(text)];
}
