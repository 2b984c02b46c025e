/** The command line: which commands and flags there are. Each command's work is in commands/, loaded when it is asked for. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { addBench } from './bench/command-line.ts';
import { addChat } from './commands/chat-flags.ts';
import { addDeployments } from './deployments/command-line.ts';
import { EXIT, type Exit, UsedWrongly } from './exit.ts';
import { addExplain } from './explain/command-line.ts';
import { type Environment, notEmpty, port, seed, twinOf, twinValue } from './flags.ts';
import { addPlan } from './plan/command-line.ts';
import { addRender } from './render/command-line.ts';
import { version } from './version.ts';

/** Where help, the version and complaints about the command line go. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const STANDARD: Output = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
};

/** Runs one command to its end. @returns the exit code. */
export async function run(args: readonly string[], env: Environment, output = STANDARD): Promise<Exit> {
  let exit: Exit = EXIT.done;
  const setExit = (code: Exit) => {
    exit = code;
  };
  const program = programOf(env, output, setExit);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (error) {
    return exitOf(error, output);
  }
}

type SetExit = (exit: Exit) => void;

function programOf(env: Environment, output: Output, setExit: SetExit): Command {
  const program = new Command('spillway')
    .description('One endpoint in front of all the Azure OpenAI capacity a team owns.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: output.out, writeErr: output.err })
    .hook('preAction', (_, command) => applyTwins(command, env))
    .addHelpText('after', EPILOGUE);
  addDemo(program, env, setExit);
  addGateway(program, env, setExit);
  addSimulate(program, env, setExit);
  addDeployments(program, env, setExit);
  addCheck(program, env, setExit);
  addExplain(program, setExit);
  addPlan(program, env, setExit);
  addBench(program, env, setExit);
  addChat(program, env, setExit);
  addRender(program, env, setExit);
  return program;
}

const EPILOGUE = `
Every flag of a command can also be given in the environment: --port as SPILLWAY_PORT. The flag wins.
Exit codes: 0 done, 1 failed, 2 used wrongly.

Begin here:
  spillway demo        everything on this machine, no account needed`;

function addDemo(program: Command, env: Environment, setExit: SetExit): void {
  program
    .command('demo')
    .description(
      'see it work: three simulated resources, the gateway under more load than one can take, and the chat app',
    )
    .addOption(portOption('--port <number>', 'port of the gateway; a busy one moves to the next free one', 8080))
    .addOption(portOption('--admin-port <number>', 'port for admin and metrics; moves likewise', 8081))
    .addOption(portOption('--sim-port <number>', 'port of the simulator; resource n listens on this plus n', 9000))
    .addOption(portOption('--chat-port <number>', 'port of the chat app; moves likewise', 3000))
    .option('--once', 'one bounded round of less than a minute; exit 1 unless every request and question was answered')
    .option('--json', 'print the figures of the round as one JSON object on standard output')
    .addOption(seedOption())
    .addHelpText('after', '\nExample:\n  spillway demo --once --json --port 0')
    .action(async (flags) => {
      const { demo } = await import('./commands/demo.ts');
      setExit(await demo(flags, env));
    });
}

function addGateway(program: Command, env: Environment, setExit: SetExit): void {
  program
    .command('gateway')
    .description('serve many deployments behind one endpoint')
    .addOption(configOption())
    .addOption(hostOption('--host <address>', 'address to listen on; beyond this machine only with client keys'))
    .addOption(portOption('--port <number>', 'port to listen on; 0 takes a free one', 8080))
    .addOption(
      hostOption('--admin-host <address>', 'address for admin and metrics; elsewhere needs SPILLWAY_ADMIN_KEY'),
    )
    .addOption(portOption('--admin-port <number>', 'port for admin and metrics; 0 takes a free one', 8081))
    .option('--allow-anonymous', 'serve strangers beyond this machine without client keys', false)
    .addOption(
      new Option(
        '--log-format <format>',
        'text (default on a terminal), json, or both: text with the record behind it',
      ).choices(['text', 'json', 'both']),
    )
    .addOption(
      new Option('--log-level <level>', 'least important lines that are still written')
        .choices(['info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  BACKEND_1_URL=https://openai1.openai.azure.com BACKEND_1_APIKEY=… spillway gateway\n' +
        '  spillway gateway --config spillway.yaml --port 8080',
    )
    .action(async (flags) => {
      const { gateway } = await import('./commands/gateway.ts');
      setExit(await gateway(flags, env));
    });
}

function addSimulate(program: Command, env: Environment, setExit: SetExit): void {
  program
    .command('simulate')
    .description('run simulated Azure OpenAI resources on this machine')
    .addOption(
      new Option('--config <file>', 'resources, models, quotas, faults (docs/simulator.md)').argParser(notEmpty),
    )
    .addOption(
      overriding('--host <address>', 'address to listen on; its keys are known to everybody', '127.0.0.1', notEmpty),
    )
    .addOption(
      overriding('--port <number>', 'admin port; resource n listens on this plus n, 0 takes free ones', '9000', port),
    )
    .addOption(
      new Option(
        '--admin-host <address>',
        'address of the admin port; beyond this machine needs SPILLWAY_ADMIN_KEY',
      ).argParser(notEmpty),
    )
    .addOption(overriding('--seed <number>', 'the same seed gives the same run', '1', seed))
    .option(
      '--tls',
      "speak https beside http on every port; Azure's clients of control plane, metrics and Entra ID want it",
    )
    .addOption(
      overriding(
        '--ca-file <file>',
        'where the certificate to trust is written, for NODE_EXTRA_CA_CERTS; implies --tls',
        'spillway-simulator-ca.pem',
        notEmpty,
      ),
    )
    .addOption(
      new Option(
        '--state <file>',
        'SQLite file in which responses, files, batches and what the control plane made outlive the process',
      ).argParser(notEmpty),
    )
    .option('--json', 'print resources, deployments and addresses as one JSON object; of a self-test, its report')
    .addOption(
      new Option(
        '--self-test <url>',
        'instead: ask a simulated or real resource what is known of Azure, with the key in AZURE_OPENAI_API_KEY',
      ).argParser(notEmpty),
    )
    .option('--deployment <name>', 'for --self-test: deployment that chats', 'chat')
    .option('--embedding-deployment <name>', 'for --self-test: deployment that embeds; without it that is not asked')
    .option('--api-version <version>', 'for --self-test: of the classic paths', '2024-10-21')
    .addHelpText(
      'after',
      '\nExample:\n  spillway simulate --port 9000 --seed 1\n  spillway simulate --config simulator.yaml\n  spillway simulate --tls --state simulator.sqlite\n  AZURE_OPENAI_API_KEY=simulated-key-1 spillway simulate --self-test http://127.0.0.1:9001',
    )
    .action(async (flags) => {
      if (flags.selfTest !== undefined) {
        const { runSelfTest } = await import('./commands/self-test.ts');
        return setExit(await runSelfTest(flags, env));
      }
      const { simulate } = await import('./commands/simulate.ts');
      setExit(await simulate(flags, env));
    });
}

function addCheck(program: Command, env: Environment, setExit: SetExit): void {
  program
    .command('check')
    .description('check a configuration, and with --connect also the backends it names')
    .addOption(configOption())
    .option('--connect', 'ask each backend: is the key good, the deployment there, the model right')
    .option('--json', 'print what was found as one JSON object')
    .addHelpText('after', '\nExample:\n  spillway check --config spillway.yaml --connect')
    .action(async (flags) => {
      const { check } = await import('./commands/check.ts');
      setExit(await check(flags, env));
    });
}

function configOption(): Option {
  return new Option('--config <file>', 'spillway.yaml; absent: BACKEND_1_URL and so on in the environment').argParser(
    notEmpty,
  );
}

/** A flag that goes before what a file says; neither given, the preset holds. */
function overriding(flags: string, description: string, preset: string, parse: (text: string) => unknown): Option {
  return new Option(flags, `${description} (default: ${preset}, or as the file says)`).argParser(parse);
}

function portOption(flags: string, description: string, preset: number): Option {
  return new Option(flags, description).argParser(port).default(preset);
}

function hostOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(notEmpty).default('127.0.0.1');
}

function seedOption(): Option {
  return new Option('--seed <number>', 'the same seed gives the same run').argParser(seed).default(1);
}

function applyTwins(command: Command, env: Environment): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === 'cli') continue;
    const value = readTwin(option, env);
    if (value !== undefined) command.setOptionValueWithSource(name, value, 'env');
  }
}

function readTwin(option: Option, env: Environment): unknown {
  try {
    return twinValue(option, env);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    const twin = twinOf(option);
    throw new UsedWrongly(`${twin} "${env[twin]}" is invalid, the twin of ${option.long}. ${error.message}`);
  }
}

/** commander has already written its message. */
function exitOf(error: unknown, { err }: Output): Exit {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usedWrongly;
  if (error instanceof UsedWrongly) {
    err(`error: ${error.message}\n`);
    return EXIT.usedWrongly;
  }
  err(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}
