/** The options of `spillway bench load`, which `bench batch` has too but for those that its list of workloads brings along. */
import { type Command, Option } from 'commander';
import { notEmpty, seed } from '../flags.ts';

const GROUPS: ReadonlyArray<readonly [heading: string, options: () => readonly Option[]]> = [
  ['Whom it asks, and how it signs in:', whomOptions],
  ['What it asks:', whatOptions],
  ['How load is made:', howOptions],
  ['Before real money is spent:', whileOptions],
  ['What it tells:', tellOptions],
];

export interface OtherwiseGiven {
  /** Options that the command has no use for, by their long names. */
  readonly without: readonly string[];
  /** Of options whose default is another one there. */
  readonly defaults: Readonly<Record<string, string>>;
}

export function addLoadOptions(command: Command, { without, defaults }: OtherwiseGiven = ALL): void {
  for (const [heading, options] of GROUPS) {
    for (const option of options()) {
      if (without.includes(option.name())) continue;
      const own = defaults[option.name()];
      command.addOption((own === undefined ? option : option.default(own)).helpGroup(heading));
    }
  }
}

const ALL: OtherwiseGiven = { without: [], defaults: {} };

function whomOptions(): readonly Option[] {
  return [
    new Option(
      '-e, --deployment <name>',
      'deployment that is asked, or model where there are none; required',
    ).argParser(notEmpty),
    new Option('--api <api>', 'what is asked: chat, responses or embeddings').default('chat'),
    new Option(
      '--dialect <dialect>',
      'classic (/openai/deployments), v1 (/openai/v1) or exact (default: by the endpoint)',
    ),
    new Option(
      '-a, --api-version <version>',
      'api-version of classic addresses (default: 2024-10-21; Responses without one are asked in v1)',
    ),
    new Option('-k, --api-key-env <variable>', 'environment variable that holds the key').default('OPENAI_API_KEY'),
    new Option('--no-key', 'send no key'),
    new Option('--entra', 'sign in by Entra ID (az login, managed identity)'),
    new Option('--header <line>', 'sent with each request; may be repeated').argParser(collected),
    new Option('--against <endpoint>', 'a second target: the same load, in turns with the first'),
    new Option('--against-deployment <name>', 'deployment that is asked there (default: the same)').argParser(notEmpty),
    new Option('--against-dialect <dialect>', 'dialect spoken there (default: as --dialect, or by its address)'),
    new Option(
      '--against-key-env <variable>',
      'environment variable that holds the key for there (default: as the first signs in)',
    ).argParser(notEmpty),
    new Option('--against-no-key', 'send no key there'),
    new Option('--against-entra', 'sign in there by Entra ID'),
  ];
}

function whatOptions(): readonly Option[] {
  return [
    new Option(
      '-s, --shape-profile <shape>',
      'balanced 500/500, context 2000/200, generation 500/1000 tokens, custom, or a mix of them: mix:balanced=3,4000/100=1',
    ).default('balanced'),
    new Option(
      '-p, --context-tokens <count>',
      'tokens of the prompt, for shape custom: 800; 200,800x3; uniform:100-300; lognormal:mean=800,p95=2000',
    ),
    new Option('-m, --max-tokens <count>', 'tokens of the answer at most (default: by the shape)'),
    new Option('--max-completion-tokens <count>', 'the same, by the name that reasoning models want'),
    new Option('-i, --completions <count>', 'answers per request (n)').default('1'),
    new Option('--frequency-penalty <number>', '-2 to 2'),
    new Option('--presence-penalty <number>', '-2 to 2'),
    new Option('--temperature <number>', '0 to 2'),
    new Option('--top-p <number>', '0 to 1'),
    new Option('--no-stream', 'ask for whole answers'),
    new Option('--context-generation-method <method>', 'generate, or replay recorded messages').default('generate'),
    new Option('--replay-path <file>', 'JSON array of message lists, or JSON lines with "messages" and "at"'),
    new Option('--replay-order <order>', 'random or file').default('random'),
    new Option(
      '--prevent-server-caching [yes]',
      'the time before each prompt, so that none is read from a cache: true or false',
    ).default('true'),
    new Option(
      '--cache-share <share>',
      'share of the prompt that is the same in all calls, 0 to 1: what a cache can hold',
    ).default('0'),
  ];
}

function howOptions(): readonly Option[] {
  return [
    new Option('-r, --rate <number>', 'requests per minute, evenly; of two targets, to each'),
    new Option(
      '--arrivals <form>',
      'constant or poisson, with --rate; ramp:60-600:120 (per minute, seconds); steps:60x30,120x30; sweep:60:1.5:60 (from 60, times 1.5 every 60 s, until refused; quota counts by the minute); trace (with --replay-path)',
    ),
    new Option('-c, --clients <count>', 'under way at most (default: 20 in closed loop, 1000 in open)'),
    new Option('-n, --requests <count>', 'end after so many calls; of two targets, to each'),
    new Option('-d, --duration <seconds>', 'send so long; calls that are under way then may end'),
    new Option('--run-end-condition-mode <mode>', 'or: the first of the two bounds ends it; and: both').default('or'),
    new Option('--warm-up <seconds>', 'sent before, and not measured').default('0'),
    new Option('--warm-up-until-throttled', 'first spend the credit of a provisioned deployment, up to its first 429'),
    new Option('--drain <seconds>', 'at the end, calls under way may take so long').default('60'),
    new Option('--timeout <seconds>', 'one call, from its send').default('300'),
    new Option(
      '-t, --retry <policy>',
      'after a 429 or 5xx: none, exponential, retry-after as the answer says, or hedged, which also sends slow ones twice',
    ).default('none'),
    new Option('--hedge-after <seconds>', 'with --retry hedged: a copy is sent where no answer has begun by then'),
    new Option('--retry-limit <seconds>', 'all tries of a call together').default('60'),
    new Option('--workers <count>', 'threads that send').default('1'),
    new Option('--seed <number>', 'the same seed sends the same').argParser(seed).default(1),
  ];
}

function whileOptions(): readonly Option[] {
  return [
    new Option('--dry-run', 'say what would be sent, its tokens and cost; needs no key, sends nothing'),
    new Option('--tpm <count>', 'quota in tokens per minute, which --dry-run holds the load against'),
    new Option('--rpm <count>', 'quota in requests per minute, likewise'),
    new Option('--max-tokens-total <count>', 'stop when so many tokens are used or under way'),
    new Option('--price-prompt <amount>', 'per million prompt tokens; no price is known here'),
    new Option('--price-cached <amount>', 'per million cached prompt tokens'),
    new Option('--price-completion <amount>', 'per million answer tokens'),
    new Option('--price-as-of <day>', 'day on which these prices held, as 2026-11-21'),
    new Option('--currency <code>', 'of the prices').default('USD'),
  ];
}

function tellOptions(): readonly Option[] {
  return [
    new Option('-f, --output-format <format>', 'human, or jsonl: a JSON object each second on standard output').default(
      'human',
    ),
    new Option('-w, --aggregation-window <seconds>', 'sliding window of the lines under way').default('60'),
    new Option('--json', 'print the report as one JSON object on standard output, and nothing else'),
    new Option('--out <folder>', 'write report.json, report.html and calls.csv there').argParser(notEmpty),
    new Option(
      '--log-save-dir <folder>',
      'write a log there, named and filled as azure-openai-benchmark did',
    ).argParser(notEmpty),
    new Option(
      '--log-request-content [yes]',
      'write prompts and answers there, too, cut and without keys: true or false; they may be private',
    ).default('false'),
    new Option(
      '--adjust-for-network-latency [yes]',
      'give latencies less the round trip of the network besides those measured: true or false',
    ).default('false'),
    new Option(
      '--monitor <url>',
      'set beside it what Azure Monitor counted: https://management.azure.com, or a simulator',
    ),
    new Option('--monitor-resource <id>', 'whose metrics: /subscriptions/…/accounts/NAME'),
    new Option(
      '--fail-if <condition>',
      'exit 1 where it holds: "ttft.p95>1.5", "failedShare>1%"; may be repeated',
    ).argParser(collected),
  ];
}

function collected(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), notEmpty(text)];
}
