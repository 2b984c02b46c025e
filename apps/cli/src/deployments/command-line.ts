/** `spillway deployments …` on the command line; the work is in ../commands/deployments.ts, loaded when it is asked for. */
import type { Command, Option } from 'commander';
import type { Exit } from '../exit.ts';
import type { Environment } from '../flags.ts';
import {
  accountOptions,
  commonOptions,
  deploymentOption,
  discoverOptions,
  modelOptions,
  printOption,
  waitOptions,
} from './flags.ts';

type SetExit = (exit: Exit) => void;

export function addDeployments(program: Command, env: Environment, setExit: SetExit): void {
  const parent = program
    .command('deployments')
    .description('create, show, list, delete deployments, on the simulator or on Azure')
    .addHelpText('after', `\nExample:\n${CREATE}\n${LIST}`);
  addCreate(parent, env, setExit);
  addShow(parent, env, setExit);
  addList(parent, env, setExit);
  addDelete(parent, env, setExit);
  addDiscover(parent, env, setExit);
}

const SIMULATOR = '--endpoint http://127.0.0.1:9000';
const LIST = `  spillway deployments list --name openai1 --resource-group simulated ${SIMULATOR}`;
const CREATE = [
  '  spillway deployments create --name openai1 --resource-group simulated --deployment-name MyModel',
  '    --model-name gpt-4o --model-version 2024-11-20 --model-format OpenAI',
  `    --sku-capacity 100 --sku-name ProvisionedManaged ${SIMULATOR}`,
]
  .map((line, at, { length }) => (at === length - 1 ? line : `${line} \\`))
  .join('\n');

function addCreate(parent: Command, env: Environment, setExit: SetExit): void {
  withOptions(parent.command('create'), [
    ...accountOptions(),
    deploymentOption(),
    ...modelOptions(),
    ...waitOptions(),
    printOption('create'),
    ...commonOptions(),
  ])
    .description('create a deployment, or change the one of that name')
    .addHelpText(
      'after',
      `\nThe arguments are those of az cognitiveservices account deployment create.\n\nExample:\n${CREATE}`,
    )
    .action(async (flags) => {
      const { create } = await import('../commands/deployments.ts');
      setExit(await create(flags, env));
    });
}

function addShow(parent: Command, env: Environment, setExit: SetExit): void {
  withOptions(parent.command('show'), [
    ...accountOptions(),
    deploymentOption(),
    printOption('other'),
    ...commonOptions(),
  ])
    .description('say all about one deployment')
    .addHelpText(
      'after',
      `\nExample:\n  spillway deployments show -n openai1 -g simulated --deployment-name chat ${SIMULATOR}`,
    )
    .action(async (flags) => {
      const { show } = await import('../commands/deployments.ts');
      setExit(await show(flags, env));
    });
}

function addList(parent: Command, env: Environment, setExit: SetExit): void {
  withOptions(parent.command('list'), [...accountOptions(), printOption('other'), ...commonOptions()])
    .description('list the deployments of a resource')
    .addHelpText('after', `\nExample:\n${LIST}`)
    .action(async (flags) => {
      const { list } = await import('../commands/deployments.ts');
      setExit(await list(flags, env));
    });
}

function addDelete(parent: Command, env: Environment, setExit: SetExit): void {
  withOptions(parent.command('delete'), [
    ...accountOptions(),
    deploymentOption(),
    ...waitOptions(),
    printOption('other'),
    ...commonOptions(),
  ])
    .description('delete a deployment; without a question')
    .addHelpText(
      'after',
      `\nExample:\n  spillway deployments delete -n openai1 -g simulated --deployment-name MyModel ${SIMULATOR}`,
    )
    .action(async (flags) => {
      const { remove } = await import('../commands/deployments.ts');
      setExit(await remove(flags, env));
    });
}

function addDiscover(parent: Command, env: Environment, setExit: SetExit): void {
  withOptions(parent.command('discover'), [...discoverOptions(), ...commonOptions()])
    .description('write a spillway.yaml from what a subscription has')
    .addHelpText(
      'after',
      `\nExample:\n  spillway deployments discover ${SIMULATOR} --out spillway.yaml\n  az login && spillway deployments discover --subscription ID --auth entra > spillway.yaml`,
    )
    .action(async (flags) => {
      const { discover } = await import('../commands/deployments.ts');
      setExit(await discover(flags, env));
    });
}

function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}
