/**
 * The resources behind the load: chat at the pace of a model that is read along, embeddings at once, no quota in the way.
 *
 * PORT: where it listens on loopback. TOKEN_MS, FIRST_TOKEN_MS: from token to token, and to the first one.
 */
import { startSimulator } from '@spillway/simulator';

/** Thousands of tokens per minute; the most that is allowed of requests. */
const CAPACITY = 1_000_000;
const quota = { capacity: CAPACITY, requestsPerMinute: CAPACITY * 1_000 };
const even = { spread: 0, gapSpread: 0, loadFactor: 1 };

await startSimulator({
  port: 0,
  resources: [
    {
      name: 'openai1',
      key: 'bench-key',
      port: Number(process.env.PORT),
      latency: {
        firstTokenMs: Number(process.env.FIRST_TOKEN_MS),
        perTokenMs: Number(process.env.TOKEN_MS),
        ...even,
      },
      deployments: [
        { name: 'chat', model: 'gpt-4o', ...quota },
        { name: 'embedding', model: 'text-embedding-3-small', ...quota },
      ],
    },
  ],
});
