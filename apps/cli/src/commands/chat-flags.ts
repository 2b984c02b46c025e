/** The flags of `spillway chat`: serve, index, eval, hash. What they do is in chat.ts, chat-index.ts, chat-eval.ts, chat-hash.ts. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Exit } from '../exit.ts';
import { type Environment, notEmpty, port } from '../flags.ts';

export function addChat(program: Command, env: Environment, setExit: (exit: Exit) => void): void {
  const chat = program
    .command('chat')
    .description('ask your documents: a chat app that answers from them, through the gateway')
    .addHelpText('after', SETTINGS);
  addServe(chat, env, setExit);
  addIndex(chat, env, setExit);
  addEval(chat, env, setExit);
  addHash(chat, setExit);
}

const SETTINGS = `
Models are named by the environment, as the samples name them:
  OPENAI_HOST=azure_custom AZURE_OPENAI_CUSTOM_URL=http://127.0.0.1:8080 AZURE_OPENAI_API_KEY_OVERRIDE=… spillway chat serve`;

function addServe(chat: Command, env: Environment, setExit: (exit: Exit) => void): void {
  chat
    .command('serve')
    .description('serve the page and the API')
    .addOption(
      new Option('--host <address>', 'address to listen on; beyond this machine only with sign-in')
        .argParser(notEmpty)
        .default('127.0.0.1'),
    )
    .addOption(new Option('--port <number>', 'port to listen on; 0 takes a free one').argParser(port).default(3000))
    .option('--allow-anonymous', 'serve strangers beyond this machine without sign-in', false)
    .addOption(
      new Option('--index <folder>', 'index this folder first; unchanged files are skipped').argParser(notEmpty),
    )
    .addHelpText('after', '\nExample:\n  spillway chat serve --port 3000 --index ./handbook')
    .action(async (flags) => {
      const { serveChat } = await import('./chat.ts');
      setExit(await serveChat(flags, env));
    });
}

function addIndex(chat: Command, env: Environment, setExit: (exit: Exit) => void): void {
  chat
    .command('index')
    .description('put the documents of a folder into the index: PDF, DOCX, HTML, Markdown, text, CSV, JSON')
    .argument('[folder]', 'with its folders; symbolic links are not followed')
    .addOption(new Option('--category <name>', 'for documents that name none').argParser(notEmpty))
    .option('--prune', 'then remove what the index has from this folder and is no longer in it')
    .addOption(
      new Option('--remove <path>', 'instead: remove this document, by its path as indexed').argParser(notEmpty),
    )
    .option('--remove-all', 'instead: remove all documents')
    .option('--json', 'print what was done as one JSON object')
    .addHelpText('after', '\nExample:\n  spillway chat index ./handbook\n  spillway chat index --remove rules/pets.md')
    .action(async (folder: string | undefined, flags) => {
      const { indexFolder } = await import('./chat-index.ts');
      setExit(await indexFolder(folder ?? null, flags, env));
    });
}

function addEval(chat: Command, env: Environment, setExit: (exit: Exit) => void): void {
  chat
    .command('eval')
    .description('ask questions whose answers are known, and score what comes back')
    .addOption(
      new Option(
        '--url <address>',
        'of a chat app that runs; absent: one of its own, over the documents below',
      ).argParser(notEmpty),
    )
    .addOption(
      new Option('--documents <folder>', 'for an app of its own (default: the corpus that comes along)').argParser(
        notEmpty,
      ),
    )
    .option('--search', 'the search alone, by words: no model is asked')
    .addOption(new Option('--questions <file>', 'YAML (default: those of the corpus)').argParser(notEmpty))
    .addOption(
      new Option('--floors <file>', 'least figures, as YAML, or the word corpus; exit 1 below one').argParser(notEmpty),
    )
    .addOption(new Option('--before <file>', 'result.json of an earlier run, to tell what changed').argParser(notEmpty))
    .addOption(new Option('--out <folder>', 'write result.json and report.html there').argParser(notEmpty))
    .addOption(
      new Option(
        '--from-feedback <address or file>',
        'instead: write questions from disliked answers, of an app or of an exported conversation, into the file of --questions',
      ).argParser(notEmpty),
    )
    .addOption(new Option('--parallel <number>', 'questions at a time').argParser(parallel).default(4))
    .option('--no-keep', 'do not put the result where the page shows it (SPILLWAY_CHAT_EVALUATIONS)')
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  spillway chat eval --search --floors corpus\n  spillway chat eval --out report',
    )
    .action(async (flags) => {
      const { evaluateChat } = await import('./chat-eval.ts');
      setExit(await evaluateChat(flags, env));
    });
}

const PARALLEL_MAX = 16;

function parallel(text: string): number {
  const value = /^\d{1,2}$/.test(text.trim()) ? Number(text) : 0;
  if (value >= 1 && value <= PARALLEL_MAX) return value;
  throw new InvalidArgumentError(`It is not a whole number from 1 to ${PARALLEL_MAX}.`);
}

function addHash(chat: Command, setExit: (exit: Exit) => void): void {
  chat
    .command('hash')
    .description('make a hash of a password, read from standard input, for SPILLWAY_CHAT_USERS')
    .addHelpText('after', '\nExample:\n  printf %s "$PASSWORD" | spillway chat hash')
    .action(async () => {
      const { hashPassword } = await import('./chat-hash.ts');
      setExit(await hashPassword());
    });
}
