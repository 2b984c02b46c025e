/**
 * What the requests of one minute with the same dimensions amount to. Which measure takes which requests is decided here: latencies and
 * tokens are those of answers that were given, as Azure bills and measures them (wire §9.1).
 */
import { isProvisioned, type Metered, type WorkUsage } from '@spillway/azure-model';
import { Stat } from './stat.ts';

/** A request that a deployment served or refused, once it is over. Moments are milliseconds since 1970, on the simulator's clock. */
export interface EndedRequest {
  readonly metered: Metered;
  /** What the client got; 499: it left before the end. */
  readonly status: number;
  /** Whether an answer was generated for it, whoever stayed to read it: below 400 from the first. */
  readonly answered: boolean;
  /** null where no tokens are counted. */
  readonly usage: WorkUsage | null;
  readonly startMs: number;
  /** When the first content went out; null where none did before the end. */
  readonly firstMs: number | null;
  readonly endMs: number;
}

/** Values of the dimensions that Azure splits by, but for the region, which is the resource's. */
export interface Dimensions {
  readonly deployment: string;
  readonly model: string;
  readonly version: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly streaming: boolean;
  readonly status: number;
  readonly spilled: boolean;
}

export class Tally {
  readonly dimensions: Dimensions;
  /** A 1 for each. */
  readonly requests = new Stat();
  /** 100 for each that did not fail by the server's fault, 0 for the others. Percent. */
  readonly availability = new Stat();
  readonly timeToResponseMs = new Stat();
  readonly firstByteMsPerToken = new Stat();
  readonly betweenTokensMs = new Stat();
  readonly lastByteMs = new Stat();
  readonly tokensPerSecond = new Stat();
  /** Of provisioned deployments, as the next one. Percent. */
  readonly cacheMatch = new Stat();
  readonly activeTokens = new Stat();
  readonly promptTokens = new Stat();
  readonly completionTokens = new Stat();
  readonly tokens = new Stat();

  constructor(dimensions: Dimensions) {
    this.dimensions = dimensions;
  }

  add(ended: EndedRequest): void {
    const { status, startMs, firstMs, endMs } = ended;
    this.requests.add(1);
    this.availability.add(status >= 500 ? 0 : 100);
    this.timeToResponseMs.add((firstMs ?? endMs) - startMs);
    if (!ended.answered) return;
    this.lastByteMs.add(endMs - startMs);
    if (ended.usage !== null) this.#addTokens(ended, ended.usage);
  }

  #addTokens({ metered, startMs, firstMs, endMs }: EndedRequest, usage: WorkUsage): void {
    const { promptTokens, cachedTokens, completionTokens } = usage;
    this.promptTokens.add(promptTokens);
    this.completionTokens.add(completionTokens);
    this.tokens.add(promptTokens + completionTokens);
    // "Normalized by token" is all that Azure says: by those of the prompt is our reading.
    this.firstByteMsPerToken.add(((firstMs ?? endMs) - startMs) / Math.max(1, promptTokens));
    if (metered.streaming && firstMs !== null && completionTokens > 1) {
      this.betweenTokensMs.add((endMs - firstMs) / (completionTokens - 1));
    }
    // An answer of one piece is generated from its beginning; one that took no time has no speed.
    const generatedMs = endMs - (firstMs ?? startMs);
    if (completionTokens > 0 && generatedMs > 0) this.tokensPerSecond.add((completionTokens * 1000) / generatedMs);
    if (!isProvisioned(metered.deployment.type)) return;
    this.activeTokens.add(promptTokens + completionTokens - cachedTokens);
    if (promptTokens > 0) this.cacheMatch.add((100 * cachedTokens) / promptTokens);
  }
}
