/** `spillway render …` on the command line; the work is in ../commands/render.ts, loaded when it is asked for. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Exit } from '../exit.ts';
import { type Environment, notEmpty } from '../flags.ts';

type SetExit = (exit: Exit) => void;

export function addRender(program: Command, env: Environment, setExit: SetExit): void {
  const parent = program
    .command('render')
    .description('write what deploys a configuration: Container Apps, API Management, Kubernetes')
    .addHelpText('after', examples(...Object.values(EXAMPLES)));
  addApim(parent, env, setExit);
  addContainerApps(parent, env, setExit);
  addHelm(parent, env, setExit);
}

/** A checkout of Spillway has the rest of the projects for Container Apps, and the chart. */
const EXAMPLES = {
  containerApps: 'spillway render container-apps --config spillway.yaml --out deploy/container-apps',
  apim: 'spillway render apim --config spillway.yaml --out apim --provision',
  inFront: 'spillway render apim --config spillway.yaml --out front --front-of spillway',
  helm: 'spillway render helm --config spillway.yaml --out chart-values',
} as const;

const examples = (...lines: readonly string[]): string =>
  `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  ${line}`).join('\n')}`;

function addApim(parent: Command, env: Environment, setExit: SetExit): void {
  parent
    .command('apim')
    .description('API Management: backends, pool, policy, sign-in, as a project for azd')
    .addOption(config())
    .addOption(out())
    .addOption(
      new Option('--front-of <what>', 'azure-openai: it balances by itself; spillway: in front of a gateway')
        .choices(['azure-openai', 'spillway'])
        .default('azure-openai'),
    )
    .option('--provision', 'make the Azure OpenAI resources of the configuration, too')
    .addOption(
      new Option('--client-tokens-per-minute <count>', 'limit of each client, prompt and answer').argParser(count),
    )
    .addHelpText('after', examples(EXAMPLES.apim, EXAMPLES.inFront))
    .action(async (flags) => {
      const { renderToApim } = await import('../commands/render.ts');
      setExit(renderToApim(flags, env));
    });
}

function addContainerApps(parent: Command, env: Environment, setExit: SetExit): void {
  parent
    .command('container-apps')
    .description('Container Apps: two projects for azd, the gateway with its models and the chat app')
    .addOption(config())
    .addOption(out())
    .addHelpText('after', examples(EXAMPLES.containerApps))
    .action(async (flags) => {
      const { renderToContainerApps } = await import('../commands/render.ts');
      setExit(renderToContainerApps(flags, env));
    });
}

function addHelm(parent: Command, env: Environment, setExit: SetExit): void {
  parent
    .command('helm')
    .description('Kubernetes: values of the chart, and the Secret that goes with them, to be filled in')
    .addOption(new Option('--config <file>', 'spillway.yaml').argParser(notEmpty).makeOptionMandatory())
    .addOption(out())
    .addOption(new Option('--client-id <id>', 'of the managed identity that backends without a key are asked with'))
    .addOption(new Option('--secret-name <name>', 'of the Secret that holds what the configuration names'))
    .addHelpText('after', examples(EXAMPLES.helm))
    .action(async (flags) => {
      const { renderToHelm } = await import('../commands/render.ts');
      setExit(renderToHelm(flags, env));
    });
}

function config(): Option {
  return new Option('--config <file>', 'spillway.yaml; absent: BACKEND_1_URL and so on in the environment').argParser(
    notEmpty,
  );
}

function out(): Option {
  return new Option('--out <folder>', 'where the files go; made if it is not there')
    .argParser(notEmpty)
    .makeOptionMandatory();
}

const COUNT_MAX = 1e9;

function count(text: string): number {
  const value = /^\d{1,10}$/.test(text.trim()) ? Number(text) : 0;
  if (value >= 1 && value <= COUNT_MAX) return value;
  throw new InvalidArgumentError(`It is not a whole number from 1 to ${COUNT_MAX}; leave it out for no limit.`);
}
