/** `spillway bench …` on the command line; the work is in ../commands/bench.ts, loaded when it is asked for. */
import { type Command, Option } from 'commander';
import type { Exit } from '../exit.ts';
import { type Environment, notEmpty, seed } from '../flags.ts';

type SetExit = (exit: Exit) => void;

export function addBench(program: Command, env: Environment, setExit: SetExit): void {
  const parent = program
    .command('bench')
    .description('load and latency of a deployment, a gateway, or two side by side')
    .addHelpText('after', EXAMPLES);
  addLoad(parent, env, setExit);
  addTokenize(parent, setExit);
  addCombine(parent, setExit);
  addCompare(parent, setExit);
}

const EXAMPLES = `
Examples (against spillway simulate, in another terminal):
  export OPENAI_API_KEY=simulated-key-1
  spillway bench load http://127.0.0.1:9001 -e chat --rate 30 --duration 30 --out report
  spillway bench load --help
  spillway bench tokenize "this is my context"`;

function addLoad(parent: Command, env: Environment, setExit: SetExit): void {
  const command = parent
    .command('load')
    .description('send load, and say what came of it; names are those of azure-openai-benchmark')
    .argument('<endpoint>', 'address of the resource or gateway, or whole address of a call')
    .helpOption('--help', 'show help');
  for (const [heading, options] of GROUPS) for (const option of options()) command.addOption(option.helpGroup(heading));
  command.addHelpText('after', LOAD_HELP).action(async (endpoint: string, flags) => {
    const { load } = await import('../commands/bench.ts');
    setExit(await load({ ...flags, endpoint }, env));
  });
}

const GROUPS: ReadonlyArray<readonly [heading: string, options: () => readonly Option[]]> = [
  ['Whom it asks, and how it signs in:', whomOptions],
  ['What it asks:', whatOptions],
  ['How load is made:', howOptions],
  ['Before real money is spent:', whileOptions],
  ['What it tells:', tellOptions],
];

const LOAD_HELP = `
With --rate or --arrivals the loop is open: requests come when they come, however
slow the answers are, and latency counts from the moment that each was due, too.
Without them it is closed: --clients ask, each again when it has its answer. The
first line says which. Give an end: --duration, --requests or --max-tokens-total;
sweep, steps and trace have their own. Ctrl-C ends a run with its report.

Exit 0: done. 1: a --fail-if holds, nothing was answered, or the sender itself was
too late for the figures to mean anything. 2: used wrongly, nothing was sent.

Examples (the key in OPENAI_API_KEY):
  spillway bench load https://my.openai.azure.com -e chat --rate 60 --duration 60
  spillway bench load https://my.openai.azure.com -e chat --rate 60 -d 60 --dry-run
  spillway bench load http://127.0.0.1:8080 -e chat --arrivals sweep:60:1.5:20
  spillway bench load http://127.0.0.1:8080 -e chat --clients 8 -d 30 \\
    --against http://127.0.0.1:9001 --fail-if "ttft.p95>1.5" --out report
docs/bench.md explains each figure.`;

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
    new Option('-a, --api-version <version>', 'api-version of classic addresses').default('2024-10-21'),
    new Option('-k, --api-key-env <variable>', 'environment variable that holds the key').default('OPENAI_API_KEY'),
    new Option('--no-key', 'send no key'),
    new Option('--entra', 'sign in by Entra ID (az login, managed identity)'),
    new Option('--header <line>', 'sent with each request; may be repeated').argParser(collected),
    new Option('--against <endpoint>', 'a second target: the same load, in turns with the first'),
  ];
}

function whatOptions(): readonly Option[] {
  return [
    new Option(
      '-s, --shape-profile <shape>',
      'balanced 500/500, context 2000/200, generation 500/1000 tokens, or custom',
    ).default('balanced'),
    new Option('-p, --context-tokens <count>', 'tokens of the prompt, for shape custom'),
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
    // Those of the ancestor's that would change what is measured or written: taken, so that the refusal can say why.
    new Option('--adjust-for-network-latency [yes]').hideHelp(),
    new Option('--log-request-content [yes]').hideHelp(),
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
      'constant or poisson, with --rate; ramp:60-600:120 (per minute, seconds); steps:60x30,120x30; sweep:60:1.5:20 (from 60, times 1.5 every 20 s, until refused); trace (with --replay-path)',
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
      'after a 429 or 5xx: none, exponential, or retry-after, as the answer says',
    ).default('none'),
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

function addTokenize(parent: Command, setExit: SetExit): void {
  parent
    .command('tokenize')
    .description('count the tokens of a text, or of messages in JSON; without an argument, of standard input')
    .argument('[text]')
    .option('-m, --model <name>', 'model whose tokenizer counts', 'gpt-4o')
    .action(async (text: string | undefined, { model }) => {
      const { tokenize } = await import('../commands/bench-tokenize.ts');
      setExit(await tokenize(text, model));
    });
}

function addCombine(parent: Command, setExit: SetExit): void {
  parent
    .command('combine')
    .description('make one CSV file of many runs: a row for each log of --log-save-dir and each report of --out')
    .argument('<folder>', 'where the logs and reports are')
    .argument('<file>', 'the CSV file that is written')
    .option('--load-recursive', 'look into the folders below, too')
    .addOption(
      new Option(
        '--stat-extraction-point <point>',
        'which line of a log counts: draining, the last before calls only end, or final, the very last',
      ).default('draining'),
    )
    .addHelpText('after', '\nExample:\n  spillway bench combine logs runs.csv --load-recursive')
    .action(async (folder: string, file: string, flags) => {
      const { combine } = await import('../commands/bench-combine.ts');
      setExit(combine(folder, file, flags));
    });
}

function addCompare(parent: Command, setExit: SetExit): void {
  parent
    .command('compare')
    .description('set two runs beside each other')
    .argument('<before>', 'report.json of a run')
    .argument('<after>', 'report.json of another')
    .option('--json', 'print the comparison as one JSON object on standard output')
    .option('--fail-if-worse <share>', 'exit 1 where a figure is worse by more than this: 10%')
    .addHelpText('after', '\nExample:\n  spillway bench compare old/report.json new/report.json --fail-if-worse 10%')
    .action(async (before: string, after: string, flags) => {
      const { compare } = await import('../commands/bench-compare.ts');
      setExit(compare([before, after], flags));
    });
}

function collected(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), notEmpty(text)];
}
