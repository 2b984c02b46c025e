/**
 * Within the gateway a stage knows at most one other stage, so that each can be read, tested and replaced alone.
 * The whole story is told in few places, which are listed here with their reasons.
 */
import { dirname, join } from 'node:path/posix';
import { importsOf } from './syntax.ts';
import { pathsOf, type Tree } from './tree.ts';
import { type Exceptions, staleExceptions, type Verdict, verdict } from './verdict.ts';

const ROOT = 'apps/gateway/src/';

/** Folders below apps/gateway/src that are stages. Others (credential, testing, …) are not counted. */
const STAGES = ['listen', 'route', 'pick', 'forward', 'judge', 'record', 'reply', 'observe', 'state', 'exchange'];

/** Interfaces and named data between stages, free to all: importing one of these is not knowing the stage behind it. */
const SEAMS: Exceptions = {
  'listen/inbound.ts': 'the client side of the data path, whichever engine serves it',
  'forward/upstream.ts': 'the backend side of the data path, whichever engine sends',
  'observe/events.ts': 'what happened, as data: the path emits it, the observers fold it',
};

/** Files that may know more than one stage besides their own. */
const STORIES: Exceptions = {
  'main.ts': 'puts the stages together',
  'entrance.ts': 'puts the doors together for main.ts: callers, certificate, pages',
  'exchange/exchange.ts': 'tells the whole story of a request',
  'exchange/job.ts': 'the step from a route to a pool and an owner, or to a refusal',
  'exchange/way-home.ts': 'who keeps what a request names, or why nobody here does',
  'exchange/context.ts': 'names, as types, what main.ts hands to each exchange',
  'socket/plane.ts': 'hands WebSockets to exchanges, and refuses as they do',
  'index.ts': "the app's face: what others may import",
};

export function stages(tree: Tree, seams: Exceptions = SEAMS, stories: Exceptions = STORIES): Verdict {
  const paths = pathsOf(tree, `${ROOT}**/*.ts`).filter((path) => !/\.test\.ts$|\/testing\//.test(path));
  const used = new Set<string>();
  const findings = paths.flatMap((path) => {
    const known = stagesKnown(path, tree.get(path) ?? '', seams, used);
    if (known.length <= 1) return [];
    const file = path.slice(ROOT.length);
    if (Object.hasOwn(stories, file)) {
      used.add(file);
      return [];
    }
    return [
      `${path}: knows the stages ${known.join(', ')}; only ${Object.keys(stories).join(', ')} may know more than one besides their own`,
    ];
  });
  const tables = [...staleExceptions('SEAMS', seams, used), ...staleExceptions('STORIES', stories, used)];
  return verdict(paths.length, [...findings, ...tables]);
}

function stagesKnown(path: string, text: string, seams: Exceptions, used: Set<string>): string[] {
  const own = stageOf(path);
  const targets = importsOf(path, text)
    .filter(({ name }) => name.startsWith('.'))
    .map(({ name }) => join(dirname(path), name).slice(ROOT.length));
  for (const target of targets) used.add(target);
  const known = targets.filter((target) => !Object.hasOwn(seams, target)).map((target) => stageOf(ROOT + target));
  return [...new Set(known)]
    .filter((stage) => stage !== null && stage !== own)
    .map(String)
    .sort();
}

function stageOf(path: string): string | null {
  const folder = path.slice(ROOT.length).split('/')[0] ?? '';
  return STAGES.includes(folder) ? folder : null;
}
