/**
 * What clients read before they ask for a token, or verify one: OpenID Connect Discovery 1.0 §4, JSON web keys (RFC 7517 §5), and the
 * list of hosts that a cloud's endpoints have.
 */
import type { Entra } from './entra.ts';

/** @param origin that the document was asked of: `https://127.0.0.1:9000`. */
export function configuration({ plan }: Entra, origin: string, version: 'v1' | 'v2'): object {
  const base = `${origin}/${plan.tenantId}`;
  const behind = version === 'v2' ? '/v2.0' : '';
  return {
    token_endpoint: `${base}/oauth2${behind}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${base}/discovery${behind}/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    // Azure's services take tokens of the first version, whose issuer this is at Entra ID too.
    issuer: version === 'v2' ? `${base}/v2.0` : `https://sts.windows.net/${plan.tenantId}/`,
    authorization_endpoint: `${base}/oauth2${behind}/authorize`,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'ver', 'oid', 'tid', 'appid', 'azp', 'idtyp', 'roles'],
    cloud_instance_name: 'microsoftonline.com',
  };
}

export async function keys({ key, plan }: Entra): Promise<object> {
  return { keys: [{ ...(await key.jwk()), issuer: `https://sts.windows.net/${plan.tenantId}/` }] };
}

/** @param host that it was asked of: it is the only one of its cloud. */
export function instance({ plan }: Entra, origin: string, host: string): object {
  return {
    tenant_discovery_endpoint: `${origin}/${plan.tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
