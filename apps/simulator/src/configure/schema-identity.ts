/** Keys of the simulated Entra ID. */
import { ROLES } from '@spillway/azure-model';
import * as z from 'zod';
import {
  type ApplicationOptions,
  DEFAULT_IDENTITY_HEADER,
  DEFAULT_TENANT_ID,
  DEFAULT_TOKEN_SECONDS,
  type IdentityOptions,
  type ManagedIdentityOptions,
} from '../entra/identity-options.ts';
import { count, key, line, list, name, type Shape } from './kinds.ts';

/** A day. */
const TOKEN_SECONDS_MAX = 86_400;
/** Of each kind. */
const PRINCIPALS_MAX = 1_000;
/** Of one principal. */
const NAMES_MAX = 1_000;

const principalShape = {
  clientId: name().describe('What it signs in as: a GUID at Azure, here any name.'),
  name: line().exactOptional().describe('For people. Default: `clientId`.'),
  objectId: name().exactOptional().describe('As refusals name it. Default: made from `clientId`.'),
  roles: list(z.enum(ROLES), ROLES.length, 'roles')
    .exactOptional()
    .describe(
      "Azure's built-in roles that it has. Default: none; it can sign in then, and every resource refuses it. `Cognitive Services OpenAI User` may ask models.",
    ),
  resources: list(name(), NAMES_MAX, 'names')
    .exactOptional()
    .describe('Names of the resources that the roles are on. Default: all there are.'),
} satisfies Shape<ManagedIdentityOptions>;

const applicationShape = {
  ...principalShape,
  secret: key().exactOptional().describe('What it signs in with. Absent: it signs in by federation alone.'),
  federatedSubject: line()
    .exactOptional()
    .describe(
      '`sub` of the tokens that it may sign in with as a workload: `system:serviceaccount:NAMESPACE:NAME`. Default: that of any token, whose signature is not verified.',
    ),
} satisfies Shape<ApplicationOptions>;

const TWICE = 'holds a clientId twice; give each its own';

function unlike(all: readonly { readonly clientId: string }[]): boolean {
  return new Set(all.map(({ clientId }) => clientId.toLowerCase())).size === all.length;
}

const identityShape = {
  tenantId: name()
    .meta({ default: DEFAULT_TENANT_ID })
    .exactOptional()
    .describe('The only tenant: a GUID at Azure, here any name.'),
  tokenSeconds: count({ min: 1, max: TOKEN_SECONDS_MAX }, DEFAULT_TOKEN_SECONDS)
    .meta({ default: DEFAULT_TOKEN_SECONDS })
    .exactOptional()
    .describe('How long its tokens are good. Seconds.'),
  applications: list(z.strictObject(applicationShape), PRINCIPALS_MAX, 'applications')
    .refine(unlike, TWICE)
    .exactOptional()
    .describe(
      'Who signs in with a secret, or with a token of a cluster. Default: one, which everybody knows and which may do everything.',
    ),
  managedIdentities: list(z.strictObject(principalShape), PRINCIPALS_MAX, 'managed identities')
    .refine(unlike, TWICE)
    .exactOptional()
    .describe(
      'Who signs in without a secret; the first one where none is named. Default: one that may ask models. An empty list: `Identity not found`.',
    ),
  identityHeader: key()
    .meta({ default: DEFAULT_IDENTITY_HEADER })
    .exactOptional()
    .describe('What an app has to send as `X-IDENTITY-HEADER`, and knows as `IDENTITY_HEADER`.'),
  foreignTokens: z
    .enum(['accept', 'refuse'])
    .meta({ default: 'accept' })
    .exactOptional()
    .describe(
      'Tokens of other issuers, the real Entra ID among them. `accept`: by audience and expiry, their signature is not verified and their roles are not asked for.',
    ),
} satisfies Shape<IdentityOptions>;

export const identity = z.strictObject(identityShape).describe('Whom the simulated Entra ID knows.');
