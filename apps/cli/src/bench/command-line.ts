/** `spillway bench …` on the command line; the work is in ../commands/bench.ts, loaded when it is asked for. */
import { type Command, Option } from 'commander';
import type { Exit } from '../exit.ts';
import { type Environment, notEmpty } from '../flags.ts';
import { addLoadOptions } from './load-options.ts';

type SetExit = (exit: Exit) => void;

export function addBench(program: Command, env: Environment, setExit: SetExit): void {
  const parent = program
    .command('bench')
    .description('load and latency of a deployment, a gateway, or two side by side')
    .addHelpText('after', EXAMPLES);
  addLoad(parent, env, setExit);
  addBatch(parent, env, setExit);
  addTokenize(parent, setExit);
  addCombine(parent, setExit);
  addSamples(parent, setExit);
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
  addLoadOptions(command);
  command.addHelpText('after', LOAD_HELP).action(async (endpoint: string, flags) => {
    const { load } = await import('../commands/bench.ts');
    setExit(await load({ ...flags, endpoint }, env));
  });
}

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
  spillway bench load http://127.0.0.1:8080 -e chat --arrivals sweep:60:1.5:60
  spillway bench load http://127.0.0.1:8080 -e chat --clients 8 -d 30 \\
    --against http://127.0.0.1:9001 --fail-if "ttft.p95>1.5" --out report
docs/bench.md explains each figure.`;

/** What a list of workloads says of each run. */
const OF_WORKLOADS = [
  'shape-profile',
  'context-tokens',
  'max-tokens',
  'max-completion-tokens',
  'rate',
  'arrivals',
  'replay-path',
];

const BATCH_HELP = `
A workload is PROMPT-ANSWER-RATE: tokens of the prompt (or, with
--context-generation-method replay, a file of recorded messages), tokens of the
answer at most, requests per minute; none stands for no bound and no rate. Each run
has a folder below --out and --log-save-dir; runs.csv there has a row for each.
Ctrl-C ends the run under way and the batch.

Example (the key in OPENAI_API_KEY):
  spillway bench batch https://my.openai.azure.com -e chat -d 120 --out batches \\
    --token-rate-workload-list 500-100-60,3500-300-10 --num-batches 3`;

function addBatch(parent: Command, env: Environment, setExit: SetExit): void {
  const command = parent
    .command('batch')
    .description('run several loads one after the other, as often as wanted, and combine what came of them')
    .argument('<endpoint>', 'address of the resource or gateway, or whole address of a call')
    .helpOption('--help', 'show help')
    .requiredOption(
      '--token-rate-workload-list <list>',
      'what is run: 500-100-20,3500-300-none (prompt tokens or file, answer tokens, requests per minute)',
      notEmpty,
    )
    .option('--num-batches <count>', 'how often the whole list is run', '1')
    .option('--batch-start-interval <seconds>', 'from the start of one round to that of the next', '3600')
    .option('--pause <seconds>', 'between one run and the next; 60 lets a minute of quota go by', '0')
    .addOption(
      new Option(
        '--run-warmup-load-until-429-occurs [yes]',
        'before each run: the same as --warm-up-until-throttled',
      ).default('false'),
    );
  addLoadOptions(command, { without: OF_WORKLOADS, defaults: { 'aggregation-window': '120' } });
  command.addHelpText('after', BATCH_HELP).action(async (endpoint: string, flags) => {
    const { batch } = await import('../commands/bench-batch.ts');
    setExit(await batch({ ...flags, endpoint }, env));
  });
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
    .option('--include-raw-request-info', 'add a column with each call of a log, for bench samples')
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

function addSamples(parent: Command, setExit: SetExit): void {
  parent
    .command('samples')
    .description('make of combined logs one CSV file with a row for each call')
    .argument('<combined>', 'what bench combine --include-raw-request-info wrote')
    .argument('<file>', 'the CSV file that is written')
    .option('--exclude-failed-requests', 'leave out calls that were not answered')
    .addHelpText('after', '\nExample:\n  spillway bench samples runs.csv calls.csv --exclude-failed-requests')
    .action(async (combined: string, file: string, flags) => {
      const { samples } = await import('../commands/bench-samples.ts');
      setExit(samples(combined, file, flags));
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
