/** `spillway explain` on the command line; the work is in ../commands/explain.ts, loaded when it is asked for. */
import { type Command, Option } from 'commander';
import type { Exit } from '../exit.ts';
import { notEmpty } from '../flags.ts';

export function addExplain(program: Command, setExit: (exit: Exit) => void): void {
  program
    .command('explain')
    .description('say why a request went where it went, and make its choices again')
    .argument('[id]', "the answer's x-spillway-request-id")
    .addOption(
      new Option('--admin <url>', 'admin port of the gateway').argParser(notEmpty).default('http://127.0.0.1:8081'),
    )
    .addOption(
      new Option('--admin-key <key>', 'its key, where it has one; better given as SPILLWAY_ADMIN_KEY').argParser(
        notEmpty,
      ),
    )
    .addOption(
      new Option('--record <file>', 'instead: a record that was saved; - reads standard input').argParser(notEmpty),
    )
    .option('--last', 'the newest decision of the gateway')
    .option('--json', 'print the record and what came of making its choices again as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, flags) => {
      const { explain } = await import('../commands/explain.ts');
      setExit(await explain(id, flags));
    });
}

const EXAMPLES = `
Examples:
  spillway explain --last
  spillway explain 2f0c8a3e-5d1b-4c57-9a44-0d6f1c9b7e21 --admin http://127.0.0.1:8081
  spillway explain --last --json > decision.json
  spillway explain --record decision.json

Exit 1 where the choices come out otherwise, or the record was changed.`;
