/** What an entry of `signIn` takes: whose tokens, for whom, of which applications; and where the keys are. */
import type { SignInEntry } from '@spillway/config';
import type { JWTPayload } from 'jose';
import { applicationOf, principalOf, rolesOf } from './token.ts';

const PUBLIC_AUTHORITY = 'https://login.microsoftonline.com';
/** Of tokens of Entra's first version, which Azure's services take: the public and the US clouds have one, China another. */
const FIRST_VERSION_ISSUERS = ['https://sts.windows.net', 'https://sts.chinacloudapi.cn'];
/** What Azure's own clients ask tokens for before they ask Azure OpenAI (wire §2), in each cloud. */
const AZURE_AUDIENCES = ['com', 'us', 'cn'].flatMap((end) => [
  `https://cognitiveservices.azure.${end}`,
  `https://ai.azure.${end}`,
]);

/** Where a document is that tells the keys, or the keys are themselves. */
export interface KeyPlace {
  readonly url: string;
  readonly isDiscovery: boolean;
  /** The document must be of this issuer (OpenID Connect Discovery 1.0 §4.3); null: of any. */
  readonly issuer: string | null;
}

export interface Trust {
  readonly entry: SignInEntry;
  readonly issuers: readonly string[];
  readonly keys: KeyPlace;
}

/** `audience`: not for us. The others are about one who is known, and may not. */
export type ClaimProblem = 'audience' | 'application' | 'principal' | 'roles';

/** @param authorityHost `AZURE_AUTHORITY_HOST`. */
export function trustOf(entry: SignInEntry, authorityHost: string | undefined): Trust {
  const { from } = entry;
  if (from.kind === 'issuer') {
    const { issuer, jwksUrl } = from;
    const url = jwksUrl ?? `${withoutSlash(issuer)}/.well-known/openid-configuration`;
    return { entry, issuers: [issuer], keys: { url, isDiscovery: jwksUrl === null, issuer } };
  }
  const authority = withoutSlash(from.authority ?? authorityHost ?? PUBLIC_AUTHORITY);
  const ofTenant = `${authority}/${from.tenant}/v2.0`;
  const first = FIRST_VERSION_ISSUERS.map((issuer) => `${issuer}/${from.tenant}/`);
  const url = `${ofTenant}/.well-known/openid-configuration`;
  return { entry, issuers: [...first, ofTenant], keys: { url, isDiscovery: true, issuer: null } };
}

/** @returns null where the token is for us, and whoever has it may come. */
export function claimProblem({ entry }: Trust, claims: JWTPayload): ClaimProblem | null {
  const { applications, principals, roles } = entry;
  if (!audiencesOf(claims).some((audience) => isTaken(entry, audience))) return 'audience';
  if (applications !== null && !isListed(applicationOf(claims), applications)) return 'application';
  if (principals !== null && !isListed(principalOf(claims), principals)) return 'principal';
  if (roles !== null && !rolesOf(claims).some((role) => typeof role === 'string' && roles.includes(role))) {
    return 'roles';
  }
  return null;
}

function audiencesOf({ aud }: JWTPayload): readonly string[] {
  return aud === undefined ? [] : [aud].flat();
}

function isTaken({ audiences, azureTokens }: SignInEntry, audience: string): boolean {
  const plain = withoutSlash(audience);
  if (azureTokens && AZURE_AUDIENCES.includes(plain)) return true;
  return audiences.some((taken) => withoutSlash(taken) === plain);
}

/** Ids are compared without their case: portals and tools write GUIDs in either. */
function isListed(id: string | null, ids: readonly string[]): boolean {
  return id !== null && ids.some((listed) => listed.toLowerCase() === id.toLowerCase());
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
