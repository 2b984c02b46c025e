/** A call as it goes over the wire: address, headers without the credential, body. */
import type { Answer, Api, Target } from '../spec.ts';
import type { Prompt } from './messages.ts';

const CLASSIC_PATHS: Readonly<Record<Api, string>> = {
  chat: 'chat/completions',
  responses: 'responses',
  embeddings: 'embeddings',
};

/** Where a target's calls go. @throws RangeError for an endpoint that is no http address. */
export function addressOf({ endpoint, dialect, api, deployment, apiVersion }: Target): string {
  if (!/^https?:\/\/[^/]/.test(endpoint)) {
    throw new RangeError(`endpoint '${endpoint}' is no address; it begins with https:// or http://`);
  }
  const base = endpoint.replace(/\/+$/, '');
  switch (dialect) {
    case 'exact':
      return endpoint;
    case 'v1':
      return `${/\/v1$/.test(base) ? base : `${base.replace(/\/openai$/, '')}/openai/v1`}/${CLASSIC_PATHS[api]}`;
    case 'classic': {
      const root = base.replace(/\/openai$/, '');
      const query = `api-version=${encodeURIComponent(apiVersion)}`;
      // Responses have the deployment in the body in this dialect too (wire reference §1).
      if (api === 'responses') return `${root}/openai/responses?${query}`;
      return `${root}/openai/deployments/${encodeURIComponent(deployment)}/${CLASSIC_PATHS[api]}?${query}`;
    }
  }
}

export function headersOf({ headers }: Target): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'x-ms-useragent': 'spillway-bench', ...headers };
}

export function bodyOf(target: Target, answer: Answer, { messages, answerTokensMax }: Prompt): string {
  const tokensMax = answerTokensMax ?? answer.tokensMax;
  const model = target.dialect === 'classic' && target.api !== 'responses' ? {} : { model: target.deployment };
  if (target.api === 'embeddings') return JSON.stringify({ ...model, input: textOf(messages) });
  const { stream, completions } = answer;
  const length = tokensMax === null ? {} : { [answer.tokensField]: tokensMax };
  const sampling = without({
    temperature: answer.temperature,
    top_p: answer.topP,
    frequency_penalty: target.api === 'chat' ? answer.frequencyPenalty : null,
    presence_penalty: target.api === 'chat' ? answer.presencePenalty : null,
  });
  if (target.api === 'responses') {
    const own = tokensMax === null ? {} : { max_output_tokens: tokensMax };
    return JSON.stringify({ ...model, input: messages, ...own, ...sampling, stream, store: false });
  }
  const choices = completions === 1 ? {} : { n: completions };
  const usage = stream ? { stream_options: { include_usage: true } } : {};
  return JSON.stringify({ ...model, messages, ...length, ...choices, ...sampling, stream, ...usage });
}

function textOf(messages: Prompt['messages']): string {
  return messages.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content))).join('\n');
}

function without(fields: Readonly<Record<string, number | null>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
