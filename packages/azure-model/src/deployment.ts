/** A model deployment as Azure has it: model, limits, and what became of its requests. */
import { type ModelFacts, modelFacts } from '@spillway/protocol';
import { type Admission, StandardWindow, standardLimits } from './standard.ts';

export interface DeploymentOptions {
  /** What clients call it. */
  readonly name: string;
  /** For example `gpt-4o`; of a model that is not in the table, the documented defaults are assumed. */
  readonly model: string;
  /** For example `2024-11-20`; absent: the table's. */
  readonly modelVersion?: string;
  readonly type?: 'Standard';
  /** Thousands of tokens per minute, as in Azure. Above 0. */
  readonly capacity: number;
  /** Absent: derived from the capacity, as Azure does. */
  readonly requestsPerMinute?: number;
}

export class Deployment {
  readonly name: string;
  readonly facts: ModelFacts;
  readonly type = 'Standard';
  readonly capacity: number;
  readonly modelVersion: string | null;
  /** Model with version, as answers name it: `gpt-4o-2024-11-20`. */
  readonly servedModel: string;
  readonly window: StandardWindow;
  #served = 0;
  #refused = 0;

  constructor(options: DeploymentOptions) {
    this.name = options.name;
    this.facts = modelFacts(options.model);
    this.capacity = options.capacity;
    this.modelVersion = options.modelVersion ?? this.facts.version;
    this.servedModel = this.modelVersion === null ? this.facts.name : `${this.facts.name}-${this.modelVersion}`;
    this.window = new StandardWindow(standardLimits(this.facts, options.capacity, options.requestsPerMinute));
  }

  /** Requests admitted by the quota, and refused by it, since the start. */
  get served(): number {
    return this.#served;
  }

  get refused(): number {
    return this.#refused;
  }

  admit(costTokens: number, nowMs: number): Admission {
    const admission = this.window.admit(costTokens, nowMs);
    if (admission.kind === 'admitted') this.#served++;
    else this.#refused++;
    return admission;
  }
}
