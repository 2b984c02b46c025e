/** A model deployment as Azure has it: model, kind of capacity, quota, and what became of its requests. */
import { type DeploymentType, isProvisioned, type ModelFacts } from '@spillway/protocol';
import { PromptCache } from './answer/prompt-cache.ts';
import { ASSUMED_ANSWER_TOKENS, type QuotaMode } from './quota/estimate.ts';
import { BUCKET_SECONDS, ProvisionedQuota } from './quota/provisioned.ts';
import { limitsOf, StandardQuota } from './quota/standard.ts';

export { DEPLOYMENT_TYPES, type DeploymentType, isProvisioned } from '@spillway/protocol';

export interface DeploymentOptions {
  /** What clients call it. */
  readonly name: string;
  /** For example `gpt-4o`; of a model that is not in the table, the documented defaults are assumed. */
  readonly model: string;
  /** For example `2024-11-20`; absent: the table's. */
  readonly modelVersion?: string;
  /** Default Standard. */
  readonly type?: DeploymentType;
  /**
   * Standard: thousands of tokens per minute; 0: tokens are not limited, as of models that are limited by requests alone.
   * Provisioned: units (PTU), above 0. As in Azure.
   */
  readonly capacity: number;
  /** Standard. Absent: derived from the capacity, as Azure does. */
  readonly requestsPerMinute?: number;
  /** How a Standard deployment counts. Default documented. */
  readonly quotaMode?: QuotaMode;
  /** Provisioned: depth of the bucket, in seconds of what drains. Default 60; Azure does not publish it. */
  readonly bucketSeconds?: number;
  /** Provisioned: taken for the length of an answer that the request does not bound. Default 1,000 tokens; not published either. */
  readonly assumedAnswerTokens?: number;
  /** Provisioned: the Standard deployment of the same resource that takes what this one refuses. */
  readonly spilloverDeploymentName?: string;
  /** asynchronous: the text of a stream is not held for the content filter, whose verdicts come as events of their own. Default synchronous. */
  readonly contentFilter?: 'synchronous' | 'asynchronous';
}

export class Deployment {
  readonly name: string;
  readonly facts: ModelFacts;
  readonly type: DeploymentType;
  readonly capacity: number;
  readonly modelVersion: string | null;
  /** Model with version, as answers name it: `gpt-4o-2024-11-20`. */
  readonly servedModel: string;
  readonly quotaMode: QuotaMode;
  readonly quota: StandardQuota | ProvisionedQuota;
  readonly assumedAnswerTokens: number;
  readonly spilloverTo: string | null;
  readonly contentFilter: 'synchronous' | 'asynchronous';
  readonly promptCache = new PromptCache();
  #served = 0;
  #refused = 0;
  #successor: Deployment | null = null;
  /** Answers being generated. */
  active = 0;

  /** @param facts of the model that the options name. */
  constructor(options: DeploymentOptions, facts: ModelFacts, shared: StandardQuota | null = null) {
    this.name = options.name;
    this.facts = facts;
    this.type = options.type ?? 'Standard';
    this.capacity = options.capacity;
    this.modelVersion = options.modelVersion ?? facts.version;
    this.servedModel = this.modelVersion === null ? facts.name : `${facts.name}-${this.modelVersion}`;
    this.quotaMode = options.quotaMode ?? 'documented';
    this.quota = isProvisioned(this.type) ? provisionedQuota(options, facts) : standardQuota(options, facts, shared);
    this.assumedAnswerTokens = options.assumedAnswerTokens ?? ASSUMED_ANSWER_TOKENS;
    this.spilloverTo = options.spilloverDeploymentName ?? null;
    this.contentFilter = options.contentFilter ?? 'synchronous';
  }

  /** The one that stands in its place by now, or itself: what began here ends there. */
  get present(): Deployment {
    let present: Deployment = this;
    while (present.#successor !== null) present = present.#successor;
    return present;
  }

  /** Hands over the answers under way. */
  succeededBy(successor: Deployment): void {
    successor.active += this.active;
    this.active = 0;
    this.#successor = successor;
  }

  /** Requests admitted by the quota, and refused by it, since the start. */
  get served(): number {
    return this.#served;
  }

  get refused(): number {
    return this.#refused;
  }

  count(admission: 'admitted' | 'refused'): void {
    if (admission === 'admitted') this.#served++;
    else this.#refused++;
  }
}

function standardQuota(options: DeploymentOptions, facts: ModelFacts, shared: StandardQuota | null): StandardQuota {
  const mode = options.quotaMode ?? 'documented';
  const limits = limitsOf(mode, facts, options.capacity, options.requestsPerMinute);
  return new StandardQuota({ limits, mode, shared });
}

function provisionedQuota(options: DeploymentOptions, facts: ModelFacts): ProvisionedQuota {
  const tokensPerMinute = options.capacity * facts.provisioned.inputTokensPerMinutePerUnit;
  return new ProvisionedQuota({ tokensPerMinute, bucketSeconds: options.bucketSeconds ?? BUCKET_SECONDS });
}
