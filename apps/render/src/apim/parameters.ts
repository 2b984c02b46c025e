/** What a person may choose when it is deployed, and the azd variable that says it. */
import { call, parameter, type Value, when } from '../arm/expression.ts';
import type { Parameter } from '../arm/template.ts';
import { asksCapacity } from './accounts.ts';
import { TIERS } from './service.ts';
import type { Parts } from './template.ts';

export interface Choice {
  readonly parameter: Parameter;
  readonly variable: string;
}

const TIER: Choice = {
  parameter: {
    type: 'string',
    description:
      'Tier of API Management. BasicV2 is there within minutes and has a promised availability; Developer takes half an hour or more, costs about a third of it, and promises nothing.',
    default: 'BasicV2',
    allowed: TIERS,
  },
  variable: 'APIM_SKU',
};
const UNITS: Choice = {
  parameter: { type: 'int', description: 'Units of the tier.', default: 1, min: 1, max: 10 },
  variable: 'APIM_UNITS',
};
const EMAIL: Choice = {
  parameter: {
    type: 'string',
    description: 'Where API Management sends its notices.',
    default: 'noreply@example.com',
  },
  variable: 'APIM_PUBLISHER_EMAIL',
};
const tenantOf = (tenant: string): Choice => ({
  parameter: {
    type: 'string',
    description: 'Tenant of Entra ID whose tokens are taken; empty: that of the deployment.',
    default: tenant,
  },
  variable: 'SIGN_IN_TENANT_ID',
});
const PRINCIPALS: Choice = {
  parameter: {
    type: 'string',
    description: 'Object ids, with commas between them, of those who may sign in beside whoever deploys.',
    default: '',
  },
  variable: 'ALLOWED_PRINCIPALS',
};
const CAPACITY: Choice = {
  parameter: {
    type: 'int',
    description: 'Thousands of tokens a minute of each deployment for which the configuration says nothing.',
    default: 30,
    min: 1,
  },
  variable: 'OPENAI_CAPACITY',
};
const SPILLWAY_URL: Choice = {
  parameter: { type: 'string', description: 'Where the gateway answers, without a slash at its end.' },
  variable: 'SPILLWAY_URL',
};

/** Only what the template uses. */
export function choicesOf({ options, signIn, config }: Parts): Readonly<Record<string, Choice>> {
  return {
    apimSku: TIER,
    apimUnits: UNITS,
    publisherEmail: EMAIL,
    ...(signIn?.from.kind === 'tenant' ? { tenantId: tenantOf(signIn.from.tenant) } : {}),
    ...(signIn?.applications === null ? { allowedPrincipals: PRINCIPALS } : {}),
    ...(options.provision && config.fleet.deployments.some(asksCapacity) ? { deploymentCapacity: CAPACITY } : {}),
    ...(options.frontOf === 'spillway' ? { spillwayUrl: SPILLWAY_URL } : {}),
  };
}

/** In the tenant of the deployment where none is given. */
export function tenant(): Value {
  return when(call('empty', parameter('tenantId')), call('tenant').at('tenantId'), parameter('tenantId'));
}

/** Whoever deploys is always listed. The list becomes part of an expression: quotes and blanks have no place in it. */
export function principals(): Value {
  const all = call('join', call('createArray', parameter('principalId'), parameter('allowedPrincipals')), ',');
  return ['"', '\\', ' '].reduce<Value>((list, character) => call('replace', list, character, ''), all);
}
