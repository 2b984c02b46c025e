/** What a person may choose when it is deployed, and the azd variable that says it. */
import { call, parameter, type Value, when } from '../arm/expression.ts';
import type { Setting, Settings } from '../arm/settings.ts';
import { asksCapacity } from './accounts.ts';
import { TIERS } from './service.ts';
import type { Parts } from './template.ts';

const TIER: Setting = {
  parameter: {
    type: 'string',
    description:
      'Tier of API Management. BasicV2 is there within minutes and has a promised availability; Developer takes half an hour or more, is the cheapest, and promises nothing.',
    default: 'BasicV2',
    allowed: TIERS,
  },
  variable: 'APIM_SKU',
};
const UNITS: Setting = {
  parameter: { type: 'int', description: 'Units of the tier.', default: 1, min: 1, max: 10 },
  variable: 'APIM_UNITS',
};
const EMAIL: Setting = {
  parameter: {
    type: 'string',
    description: 'Where API Management sends its notices.',
    default: 'noreply@example.com',
  },
  variable: 'APIM_PUBLISHER_EMAIL',
};
const tenantOf = (tenant: string): Setting => ({
  parameter: {
    type: 'string',
    description: 'Tenant of Entra ID whose tokens are taken; empty: that of the deployment.',
    default: tenant,
  },
  variable: 'SIGN_IN_TENANT_ID',
});
const principalsOf = (ids: readonly string[]): Setting => ({
  parameter: {
    type: 'string',
    description: 'Object ids, with commas between them, of those who may sign in beside whoever deploys.',
    default: ids.join(','),
  },
  variable: 'ALLOWED_PRINCIPALS',
});
const CAPACITY: Setting = {
  parameter: {
    type: 'int',
    description: 'Thousands of tokens a minute of each deployment for which the configuration says nothing.',
    default: 30,
    min: 1,
  },
  variable: 'OPENAI_CAPACITY',
};
/** Above what any client reaches in a minute: the greatest whole number of the policy, which stands for no limit. */
export const NO_LIMIT = '2147483647';
const CLIENT_TOKENS_MAX = 1_000_000_000;

const clientTokensOf = (perMinute: number | null): Setting => ({
  parameter: {
    type: 'int',
    description: 'Tokens a minute of each client, prompt and answer, after which it gets 429; 0: no limit of its own.',
    default: perMinute ?? 0,
    min: 0,
    max: CLIENT_TOKENS_MAX,
  },
  variable: 'CLIENT_TOKENS_PER_MINUTE',
});
const SPILLWAY_URL: Setting = {
  parameter: { type: 'string', description: 'Where the gateway answers, without a slash at its end.' },
  variable: 'SPILLWAY_URL',
};

/** Of every template. */
export const COMMON: Settings = {
  environmentName: {
    parameter: { type: 'string', description: 'Name of the azd environment.' },
    variable: 'AZURE_ENV_NAME',
  },
  location: {
    parameter: { type: 'string', description: 'Region of all that has none of its own.', azd: { type: 'location' } },
    variable: 'AZURE_LOCATION',
  },
};
const DEPLOYER: Setting = {
  parameter: { type: 'string', description: 'Object id of whoever deploys.', default: '' },
  variable: 'AZURE_PRINCIPAL_ID',
};

/** Of the whole; the group's resources are told the same, but for who deploys. */
export function settingsOf(choices: Settings): Settings {
  return { ...COMMON, ...('allowedPrincipals' in choices ? { principalId: DEPLOYER } : {}), ...choices };
}

/** Only what the template uses. */
export function choicesOf({ options, signIn, config }: Parts): Settings {
  return {
    apimSku: TIER,
    apimUnits: UNITS,
    publisherEmail: EMAIL,
    ...(signIn?.from.kind === 'tenant' ? { tenantId: tenantOf(signIn.from.tenant) } : {}),
    ...(signIn === null || signIn.principals === null ? {} : { allowedPrincipals: principalsOf(signIn.principals) }),
    ...(options.provision && config.fleet.deployments.some(asksCapacity) ? { deploymentCapacity: CAPACITY } : {}),
    clientTokensPerMinute: clientTokensOf(options.clientTokensPerMinute),
    ...(options.frontOf === 'spillway' ? { spillwayUrl: SPILLWAY_URL } : {}),
  };
}

/** In the tenant of the deployment where none is given. */
export function tenant(): Value {
  return when(call('empty', parameter('tenantId')), call('tenant').at('tenantId'), parameter('tenantId'));
}

/** As the policy's named value has it: never 0, which the policy may not take. */
export function clientTokens(): Value {
  const perMinute = parameter('clientTokensPerMinute');
  return when(call('equals', perMinute, 0), NO_LIMIT, call('string', perMinute));
}

/** What could end the text of C# or the attribute of XML that the list becomes part of. */
const NOT_IN_LIST = ['"', "'", '\\', '&', '<', '>', '{', '}', '@', '\r', '\n', '\t', ' '] as const;

/** Whoever deploys is always listed. */
export function principals(): Value {
  const all = call('join', call('createArray', parameter('principalId'), parameter('allowedPrincipals')), ',');
  return NOT_IN_LIST.reduce<Value>((list, character) => call('replace', list, character, ''), all);
}
