/**
 * The simulator as it is measured: answers as long as they may be, streams in an even pace, no quota in the way.
 *
 * PORT: where it listens on loopback with answers in their pace; PROMPT_PORT: with answers at once, to see what they cost besides.
 * TOKEN_MS: from token to token.
 */
import { startSimulator } from '@spillway/simulator';

/** Thousands of tokens per minute; the most that is allowed of requests. */
const CAPACITY = 1_000_000;

const deployments = [{ name: 'chat', model: 'gpt-4o', capacity: CAPACITY, requestsPerMinute: CAPACITY * 1000 }];
const common = { key: 'bench-key', answers: { style: 'prose', fill: true }, deployments } as const;
const even = { spread: 0, gapSpread: 0, loadFactor: 1 };

await startSimulator({
  port: 0,
  resources: [
    {
      ...common,
      name: 'paced',
      port: Number(process.env.PORT),
      latency: { firstTokenMs: 0, perTokenMs: Number(process.env.TOKEN_MS), ...even },
    },
    {
      ...common,
      name: 'prompt',
      port: Number(process.env.PROMPT_PORT),
      latency: { firstTokenMs: 0, perTokenMs: 0, ...even },
    },
  ],
});
