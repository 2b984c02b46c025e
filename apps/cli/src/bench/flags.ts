/** What the flags of `spillway bench load` ask for besides the load itself: prices, demands, quota, where Azure Monitor is. */
import { readFileSync } from 'node:fs';
import {
  type LoadFlags,
  type LoadSpec,
  type MonitorAsk,
  type Prices,
  type Quota,
  readLoad,
  recordedOf,
  type Threshold,
  ThresholdError,
  thresholdOf,
  traceOf,
  withoutSecrets,
} from '@spillway/bench';
import { UsedWrongly } from '../exit.ts';

export interface BenchFlags extends LoadFlags {
  readonly dryRun?: boolean;
  readonly tpm?: string;
  readonly rpm?: string;
  readonly pricePrompt?: string;
  readonly priceCached?: string;
  readonly priceCompletion?: string;
  readonly priceAsOf?: string;
  readonly currency: string;
  readonly outputFormat: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly logSaveDir?: string;
  readonly failIf?: readonly string[];
  readonly monitor?: string;
  readonly monitorResource?: string;
}

/** Everything that was asked for, checked. */
export interface Asked {
  readonly spec: LoadSpec;
  readonly prices: Prices | null;
  readonly thresholds: readonly Threshold[];
  readonly format: 'human' | 'jsonl';
  readonly quota: Quota;
  readonly monitor: MonitorAsk | null;
}

/** @throws UsedWrongly that says everything that is wrong. */
export function askedBy(flags: BenchFlags): Asked {
  const problems: string[] = [];
  const read = readLoad(flags, (file) => traceOf(recordedOf(readFileSync(file, 'utf8'), file), file));
  if (read.kind === 'errors') problems.push(...read.errors);
  const prices = pricesOf(flags, problems);
  const thresholds = thresholdsOf(flags.failIf ?? [], problems);
  const quota = {
    tokensPerMinute: perMinute('--tpm', flags.tpm, problems),
    requestsPerMinute: perMinute('--rpm', flags.rpm, problems),
  };
  const monitor = monitorAskOf(flags, problems);
  if (read.kind === 'ok' && read.spec.logContent && flags.out === undefined && flags.logSaveDir === undefined) {
    problems.push(
      '--log-request-content: has nowhere to write to; give --out FOLDER, --log-save-dir FOLDER, or both, or leave it out',
    );
  }
  const { outputFormat: format } = flags;
  if (format !== 'human' && format !== 'jsonl') problems.push(`--output-format ${format}: is none of human, jsonl`);
  if (read.kind === 'errors' || problems.length > 0 || (format !== 'human' && format !== 'jsonl'))
    throw new UsedWrongly(`bench load:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  return { spec: read.spec, prices, thresholds, format, quota, monitor };
}

function thresholdsOf(texts: readonly string[], problems: string[]): readonly Threshold[] {
  return texts.flatMap((text) => {
    try {
      return [thresholdOf(text)];
    } catch (error) {
      if (!(error instanceof ThresholdError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
}

function perMinute(name: string, text: string | undefined, problems: string[]): number | null {
  if (text === undefined) return null;
  const value = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : 0;
  if (value > 0) return value;
  problems.push(`${name} ${text}: is no number above 0; write the quota of one deployment per minute, such as 30000`);
  return null;
}

function pricesOf(flags: BenchFlags, problems: string[]): Prices | null {
  const { pricePrompt, priceCached, priceCompletion, priceAsOf, currency } = flags;
  const given = [pricePrompt, priceCached, priceCompletion, priceAsOf].filter((each) => each !== undefined);
  if (given.length === 0) return null;
  if (pricePrompt === undefined || priceCompletion === undefined || priceAsOf === undefined) {
    problems.push(
      'prices: give --price-prompt, --price-completion and --price-as-of together; --price-cached besides where it differs',
    );
    return null;
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(priceAsOf)) problems.push(`--price-as-of ${priceAsOf}: is no day such as 2026-11-21`);
  return {
    currency,
    prompt: amount('--price-prompt', pricePrompt, problems),
    cached: priceCached === undefined ? null : amount('--price-cached', priceCached, problems),
    completion: amount('--price-completion', priceCompletion, problems),
    asOf: priceAsOf,
  };
}

function amount(name: string, text: string, problems: string[]): number {
  if (/^\d+(?:\.\d+)?$/.test(text.trim())) return Number(text);
  problems.push(`${name} ${text}: is no amount; write a number such as 2.5`);
  return 0;
}

const RESOURCE =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.CognitiveServices\/accounts\/[^/]+$/i;
const RESOURCE_FORM =
  '/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.CognitiveServices/accounts/NAME (az cognitiveservices account show --query id)';

function monitorAskOf(
  { monitor, monitorResource, deployment = '' }: BenchFlags,
  problems: string[],
): MonitorAsk | null {
  if (monitor === undefined && monitorResource === undefined) return null;
  if (monitor === undefined || monitorResource === undefined) {
    problems.push(
      `--monitor and --monitor-resource: give both, such as --monitor https://management.azure.com --monitor-resource ${RESOURCE_FORM}`,
    );
    return null;
  }
  const url = monitor.replace(/\/+$/, '');
  if (!/^https?:\/\/[^/@?#]+$/.test(url)) {
    problems.push(
      `--monitor ${withoutSecrets(monitor)}: is no address of a host; write https://management.azure.com, or http://127.0.0.1:9000 for a simulator`,
    );
  } else if (/^http:\/\/[^/]*\.azure\.(?:com|cn)$/i.test(url)) {
    problems.push(`--monitor ${monitor}: a token does not go over http; write https`);
  }
  const resource = `/${monitorResource.replace(/^\/+|\/+$/g, '')}`;
  if (!RESOURCE.test(resource))
    problems.push(`--monitor-resource ${monitorResource}: is not of the form ${RESOURCE_FORM}`);
  return { url, resource, deployment };
}

/** What goes into report and log of how it was called: keys are never on the command line, but an address may hold one. */
export function toldOf(flags: BenchFlags): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(flags).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, typeof value === 'string' && /^[a-z]+:\/\//i.test(value) ? withoutSecrets(value) : value]];
    }),
  );
}
