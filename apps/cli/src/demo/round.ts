/** One round: the same load both ways, until every answer is there, time is up, or somebody has seen enough. */
import type { Clock } from '@spillway/clock';
import type { Board } from './board.ts';
import { drive } from './drive.ts';
import type { Load } from './load.ts';
import type { Stage } from './stage.ts';

/** For the last answers, after the last request. Then the round ends without them. Milliseconds. */
const SETTLE_MS_MAX = 10_000;

export interface RoundParts {
  readonly stage: Pick<Stage, 'direct' | 'spillway'>;
  readonly load: Load;
  readonly board: Board;
  readonly clock: Clock;
  /** Resolves when the visitor wants to end. */
  readonly asked: Promise<void>;
}

export async function playRound({ stage, load, board, clock, asked }: RoundParts): Promise<'played' | 'stopped'> {
  const drives = [
    drive(stage.direct, load, clock, (sight) => board.seeDirect(sight)),
    drive(stage.spillway, load, clock, (sight) => board.seeSpillway(sight)),
  ];
  const settling = clock.after(load.durationMs, () => {
    board.enter('settling', clock.nowMs());
  });
  const timeUp = new Promise<void>((resolve) => clock.after(load.durationMs + SETTLE_MS_MAX, resolve));
  const answered = Promise.all(drives.map(({ ended }) => ended));
  const end = await Promise.race([
    Promise.race([answered, timeUp]).then(() => 'played' as const),
    asked.then(() => 'stopped' as const),
  ]);
  settling.cancel();
  for (const each of drives) each.stop();
  return end;
}
