/** The schema of the doors: who may come in, from where, and over what. */
import { OPERATION_NAMES } from '@spillway/policy';
import * as z from 'zod';
import { DEFAULT_DOORS } from './config.ts';
import { endOf } from './date.ts';
import { askedName, ownName, secret, VISIBLE_ASCII, whole } from './kinds.ts';
import { urlProblem } from './url.ts';

const LIST_MAX = 1_000;
const CLOCK_SKEW_SECONDS_MAX = 300;
const PROXY_HOPS_MAX = 10;

/** What a list that is there must hold: an empty one would let nobody in. */
function list<Item extends z.ZodType>(item: Item, what: string) {
  return z
    .array(item)
    .min(1, `is an empty list, which would let nobody in; list ${what}, or remove the key`)
    .max(LIST_MAX, `holds more than ${LIST_MAX} ${what}; list fewer`);
}

const ADDRESS_KINDS = [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()];
const address = () =>
  z.string().refine((text) => ADDRESS_KINDS.some((kind) => kind.safeParse(text).success), {
    error: 'is neither an address nor a range of them; write for example 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32',
  });

export const addresses = () => list(address(), 'addresses').optional();

const HASH = /^sha256:/i;
const WHOLE_HASH = /^sha256:[0-9a-f]{64}$/i;
/** In place of a key, so that neither file nor environment holds it. */
export const isKeyHash = (text: string): boolean => WHOLE_HASH.test(text);

export const clientKey = () =>
  secret()
    .refine((text) => !HASH.test(text) || isKeyHash(text), {
      error: 'is not "sha256:" and 64 hexadecimal digits; make it with: printf %s "$KEY" | sha256sum',
    })
    .meta({ pattern: '^(?:\\$\\{.+\\}|sha256:[0-9A-Fa-f]{64})$' });

const keyThatExpires = z
  .strictObject({
    key: clientKey().describe('The key, named, or its hash.'),
    expires: z
      .string()
      .refine((text) => endOf(text) !== null, {
        error: 'is not a date in UTC; write 2026-12-31, or 2026-12-31T18:00:00Z',
      })
      .optional()
      .describe('The last day it serves, or the moment it ends, in UTC: `2026-12-31`, `2026-12-31T18:00:00Z`.'),
  })
  .describe('A key, and how long it serves.');

export const clientKeys = () =>
  list(
    z.union([clientKey(), keyThatExpires], {
      error: 'is neither a key nor a mapping with one; write ${NAME}, sha256:… or { key: …, expires: 2026-12-31 }',
    }),
    'keys',
  ).optional();

export const allowedModels = () => list(askedName(), 'models').optional();
export const allowedOperations = () => list(z.enum(OPERATION_NAMES), 'operations').optional();

/** Without flags, as the JSON schema takes patterns. */
const TENANT = /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;

const webUrl = () =>
  z.string().superRefine((url, context) => {
    const problem = urlProblem(url);
    if (problem !== null) context.addIssue(`${problem.rule}; give an address such as https://login.example.com`);
    else if (!/^(?:https:|http:\/\/(?:localhost|127\.|\[::1\]))/i.test(url)) {
      context.addIssue('is not https; whoever stands in between could let anybody in');
    }
  });

const claim = () => z.string().regex(VISIBLE_ASCII, 'is not plain text without blanks; copy it from the token');

const signInEntry = z
  .strictObject({
    client: ownName().describe('The client, of `clients`, whose name and bounds those have who sign in so.'),
    tenant: z
      .string()
      .regex(TENANT, 'is not the id of a tenant; copy the "Tenant ID" from the overview of Entra ID')
      .optional()
      .describe('Tenant of Entra ID, whose tokens are taken. Either this or `issuer`.'),
    authority: webUrl()
      .optional()
      .describe(
        'Where Entra ID answers: `https://login.microsoftonline.us` and the like for sovereign clouds. Absent: `AZURE_AUTHORITY_HOST` in the environment, else `https://login.microsoftonline.com`.',
      ),
    issuer: webUrl()
      .optional()
      .describe(
        'Of tokens of another kind, exactly as they carry it in `iss`; its keys are found by OpenID discovery.',
      ),
    jwksUrl: webUrl().optional().describe('Where the keys of the issuer are. Absent: by discovery.'),
    audiences: list(claim(), 'audiences')
      .optional()
      .describe('For whom a token may be: its `aud`. Usually the application id, or the URI, of this gateway.'),
    azureTokens: z
      .boolean()
      .default(false)
      .describe(
        "Also takes tokens as Azure's own clients send them to Azure OpenAI: for `https://cognitiveservices.azure.com`, `https://ai.azure.com` and their likes in sovereign clouds, so that an application needs no more than the gateway's URL. Anybody in the tenant can get one: bound it by `applications` or `principals`.",
      ),
    applications: list(claim(), 'applications')
      .optional()
      .describe('Client ids of the applications and managed identities that may come (`appid`, `azp`). Absent: all.'),
    principals: list(claim(), 'principals')
      .optional()
      .describe('Object ids of the people and identities that may come (`oid`). Absent: all.'),
    roles: list(claim(), 'roles')
      .optional()
      .describe('Application roles of which a token must carry one (`roles`). Absent: none is asked for.'),
    clockSkewSeconds: whole({ min: 0, max: CLOCK_SKEW_SECONDS_MAX, remedy: 'give for example 60' })
      .default(60)
      .describe('How far the clocks may be apart. Seconds.'),
  })
  .superRefine((entry, context) => {
    const refuse = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    const { tenant, issuer, audiences, azureTokens, authority, jwksUrl } = entry;
    if ((tenant === undefined) === (issuer === undefined)) refuse('tenant', 'or issuer is needed; give one of the two');
    if (audiences === undefined && !azureTokens) {
      refuse('audiences', 'is missing; list for whom a token may be, or set azureTokens: true');
    }
    if (tenant === undefined && azureTokens) refuse('azureTokens', 'does nothing without tenant; give the tenant');
    if (tenant === undefined && authority !== undefined) refuse('authority', 'does nothing without tenant; remove it');
    if (tenant !== undefined && jwksUrl !== undefined) refuse('jwksUrl', 'does nothing beside tenant; remove it');
  })
  .describe(
    'Whose tokens (`authorization: Bearer …`) are taken in place of a key. Where several entries fit a token, the first one counts.',
  );

export const signInSettings = z
  .array(signInEntry)
  .max(LIST_MAX, `holds more than ${LIST_MAX} entries; list fewer`)
  .default([])
  .describe('Sign-in by tokens of Entra ID, or of any issuer that has OpenID discovery, beside keys.');

export const addressesSetting = addresses().describe(
  'Where requests may come from: addresses and ranges. Absent: anywhere. Probes (`/livez` and its likes) are answered all the same.',
);

export const trustedProxiesSetting = z
  .union(
    [
      whole({ min: 1, max: PROXY_HOPS_MAX, remedy: 'give the number of proxies in front' }),
      list(address(), 'addresses'),
    ],
    {
      error: 'is neither a number of proxies nor a list of their addresses; write 1, or a list such as [10.0.0.0/8]',
    },
  )
  .optional()
  .describe(
    "Whose `x-forwarded-for` is believed, for `addresses`: the proxies' addresses and ranges, or how many stand in front. Absent: nobody's, and the address of the connection counts. A number only where nobody reaches the gateway past the proxies.",
  );

export const tlsSettings = z
  .strictObject({
    certFile: z.string().min(1, 'is empty; name the file').describe('Certificate and its chain, PEM.'),
    keyFile: z.string().min(1, 'is empty; name the file').describe('Its private key, PEM, without a passphrase.'),
  })
  .optional()
  .describe(
    'Serves https in place of http, TLS 1.2 and above. The files are read again when they change; a pair that does not fit changes nothing.',
  );

const ORIGIN = /^(?:\*|https?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?)$/;

export const corsSettings = z
  .strictObject({
    origins: list(
      z.string().regex(ORIGIN, 'is not an origin; write https://app.example.com, without a path, or "*"'),
      'origins',
    ).describe('Origins of pages that may ask this gateway and read its answers; `*` for all.'),
  })
  .optional()
  .describe(
    "For pages in a browser: preflights are answered, and answers say that the page may read them. Absent: no such headers, and OPTIONS is passed on like any method. A key in a page is everybody's: give pages tokens of people.",
  );

export const sealKeysSetting = z
  .array(secret())
  .max(LIST_MAX, `holds more than ${LIST_MAX} keys; list fewer`)
  .default([...DEFAULT_DOORS.sealKeys])
  .describe(
    'Keys that seal the owner of files, responses and the like into their ids; the first one seals, all open. Replicas need the same ones. Beside those of `SPILLWAY_SEAL_KEY`. Without any, a random one serves: ids of before a restart, and of other replicas, then cannot be read.',
  );
