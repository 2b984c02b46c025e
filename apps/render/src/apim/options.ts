/** What of an API Management rendering is not the gateway's configuration. */
export interface ApimOptions {
  /**
   * `azure-openai`: API Management alone, which balances over the deployments. `spillway`: in front of a gateway, which does the balancing;
   * API Management adds sign-in, limits and metrics, and never retries.
   */
  readonly frontOf: 'azure-openai' | 'spillway';
  /** Whether the template makes the Azure OpenAI resources, too, with deployments of the configuration's models. Only `azure-openai`. */
  readonly provision: boolean;
  /**
   * Tokens a minute of each client, prompt and answer, where azd's CLIENT_TOKENS_PER_MINUTE says nothing; null: no limit of its own. Counted by
   * each gateway instance, and a little late.
   */
  readonly clientTokensPerMinute: number | null;
}

export const DEFAULT_APIM_OPTIONS: ApimOptions = {
  frontOf: 'azure-openai',
  provision: false,
  clientTokensPerMinute: null,
};
