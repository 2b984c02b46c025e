/** What a deployment has under way for one answer: it counts as active, and a provisioned quota holds its estimate, until it ends. */
import { type Choice, completionTokens, reasoningTokens } from './answer/choice.ts';
import type { Deployment } from './deployment.ts';
import { provisionedUse } from './quota/estimate.ts';
import type { Era } from './quota/provisioned.ts';
import type { Work } from './reply.ts';

export interface TokensAsked {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** As charged on arrival. */
  readonly estimate: number;
}

export class TokenWork implements Work {
  readonly #deployment: Deployment;
  readonly asked: TokensAsked;
  /** In which the estimate was charged: an operator may empty the bucket before the answer is over. null: of a Standard deployment. */
  readonly #era: Era | null;
  /** Of the answer: thoughts, which come before anything is shown, and all. Tokens. */
  #thoughts = 0;
  #whole = 0;
  #over = false;

  /** To be made at the moment the quota let the request in. */
  constructor(deployment: Deployment, asked: TokensAsked) {
    this.#deployment = deployment;
    this.#era = deployment.quota.kind === 'provisioned' ? deployment.quota.era : null;
    this.asked = asked;
    deployment.active++;
  }

  /** The answer that is being generated from now on. */
  begin(choices: readonly Choice[]): void {
    this.#thoughts = reasoningTokens(choices);
    this.#whole = completionTokens(choices);
  }

  /** The same where the answer came from elsewhere (a recording, another endpoint). Tokens, thoughts included. */
  used(completionTokens: number): void {
    this.#thoughts = 0;
    this.#whole = completionTokens;
  }

  /** Nothing is given back on Standard deployments (wire §6.2). What a client that left did not get was not generated either. */
  end(nowMs: number, shownEvents: number | null): void {
    if (this.#over) return;
    this.#over = true;
    const { facts, present } = this.#deployment;
    const { quota } = present;
    present.active--;
    if (quota.kind !== 'provisioned' || this.#era === null) return;
    const generated = shownEvents === null ? this.#whole : Math.min(this.#whole, this.#thoughts + shownEvents);
    const { promptTokens, cachedTokens, estimate } = this.asked;
    quota.settle(estimate, provisionedUse(promptTokens, cachedTokens, generated, facts.provisioned), nowMs, this.#era);
  }
}
