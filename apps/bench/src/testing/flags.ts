/** Flags of a run as the command line has them by default, for tests. */
import type { LoadFlags } from '../options.ts';

export const FLAGS: LoadFlags = {
  endpoint: 'https://one.example',
  deployment: 'chat',
  api: 'chat',
  apiKeyEnv: 'OPENAI_API_KEY',
  key: true,
  runEndConditionMode: 'or',
  aggregationWindow: '60',
  shapeProfile: 'balanced',
  completions: '1',
  stream: true,
  retry: 'none',
  retryLimit: '60',
  contextGenerationMethod: 'generate',
  replayOrder: 'random',
  preventServerCaching: 'true',
  cacheShare: '0',
  warmUp: '0',
  drain: '60',
  timeout: '300',
  workers: '1',
  seed: 1,
};
