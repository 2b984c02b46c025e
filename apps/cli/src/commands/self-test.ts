/** `spillway simulate --self-test URL`: asks a simulator or a real resource the questions whose answers are known. */
import { renderSelfTest, selfTest, selfTestJson } from '@spillway/simulator';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';

export interface SelfTestFlags {
  readonly selfTest: string;
  readonly deployment: string;
  readonly embeddingDeployment?: string;
  readonly apiVersion: string;
  readonly json?: boolean;
}

/** Read from the environment: a key on a command line is seen by everybody on the machine. */
const KEY = 'AZURE_OPENAI_API_KEY';

export async function runSelfTest(flags: SelfTestFlags, env: Environment): Promise<Exit> {
  const { selfTest: url, deployment, embeddingDeployment, apiVersion, json = false } = flags;
  const key = env[KEY]?.trim() ?? '';
  if (key === '') {
    throw new UsedWrongly(`${KEY} is not set; put the key of the resource there (simulated ones: simulated-key-1 …)`);
  }
  const report = await selfTest({
    url,
    key,
    deployment,
    apiVersion,
    ...(embeddingDeployment === undefined ? {} : { embeddingDeployment }),
    onProgress: ({ name }, done, total) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done} of ${total}: ${name}`);
    },
  }).catch((error: unknown) => {
    throw new UsedWrongly(error instanceof Error ? error.message : String(error));
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(json ? selfTestJson(report) : renderSelfTest(report));
  return report.exitCode === 0 ? EXIT.done : EXIT.failed;
}
