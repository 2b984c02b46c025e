/** `spillway demo`: everything on this machine, and a load that one resource cannot take. */
import { systemClock } from '@spillway/clock';
import { Board, type GatewayEvent } from '../demo/board.ts';
import { playDocuments } from '../demo/documents-round.ts';
import { exampleLines } from '../demo/examples.ts';
import { type Figures, figuresOf } from '../demo/figures.ts';
import { pollFleet } from '../demo/fleet-poll.ts';
import { type Load, planLoad } from '../demo/load.ts';
import { playRound } from '../demo/round.ts';
import { type Show, showOn } from '../demo/show.ts';
import { openStage, type Stage } from '../demo/stage.ts';
import { summaryLines } from '../demo/summary.ts';
import { Updates } from '../demo/updates.ts';
import { EXIT, type Exit } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { type Stop, stopSignals } from '../stop.ts';
import { version } from '../version.ts';

export interface DemoFlags {
  readonly port: number;
  readonly adminPort: number;
  readonly simPort: number;
  readonly chatPort: number;
  readonly seed: number;
  readonly once?: boolean;
  readonly json?: boolean;
}

export async function demo(flags: DemoFlags, env: Environment): Promise<Exit> {
  const stop = stopSignals(systemClock, ['SIGHUP']);
  const notices: string[] = [];
  const listener: { board: Board | null } = { board: null };
  const emit = (event: GatewayEvent) => listener.board?.event(event);
  const stage = await openStage({ ...flags, emit, say: (text) => notices.push(text) });
  const show = showOn(flags.json ? process.stderr : process.stdout, env);
  try {
    const load = planLoad(flags.seed);
    const board = new Board(load, systemClock.nowMs(), notices);
    listener.board = board;
    return await perform({ flags, stage, show, load, board, stop });
  } finally {
    show.close();
    await stage.close();
    if (!flags.once) process.stderr.write('The demo has ended; its gateway, simulator and chat app are stopped.\n');
  }
}

interface Parts {
  readonly flags: DemoFlags;
  readonly stage: Stage;
  readonly show: Show;
  readonly load: Load;
  readonly board: Board;
  readonly stop: Stop;
}

/** Plays the load, then the chat app's users; says how it went, and leaves gateway and chat app to the visitor. */
async function perform({ flags, stage, show, load, board, stop }: Parts): Promise<Exit> {
  const clock = systemClock;
  const updates = new Updates({ board, show, clock, poll: () => pollFleet(stage.urls.admin) });
  updates.start();
  try {
    const figures = await play({ flags, stage, load, board, stop }, updates);
    if (figures === 'stopped') return flags.once ? EXIT.failed : EXIT.done;
    tell(figures, { flags, stage, show });
    if (flags.once) return figures.verdict === 'passed' ? EXIT.done : EXIT.failed;
    board.enter('open', clock.nowMs());
    await stop.asked;
    return EXIT.done;
  } finally {
    updates.stop();
  }
}

/** What came of both parts, unless the visitor ended them. */
async function play(parts: Omit<Parts, 'show'>, updates: Updates): Promise<Figures | 'stopped'> {
  const { flags, stage, load, board, stop } = parts;
  const running = { stage, load, board, clock: systemClock, asked: stop.asked };
  if ((await playRound(running)) === 'stopped') return 'stopped';
  await updates.look();
  const round = board.round();
  if ((await playDocuments(running)) === 'stopped') return 'stopped';
  await updates.look();
  const { gateway, admin, chat } = stage.urls;
  return figuresOf({ ...round, chat: board.chat(), version, seed: flags.seed, urls: { gateway, admin, chat } });
}

function tell(figures: Figures, { flags, stage, show }: Pick<Parts, 'flags' | 'stage' | 'show'>): void {
  show.print([...summaryLines(figures), ...(flags.once ? [] : [[], ...exampleLines(stage.urls)])]);
  if (flags.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}
