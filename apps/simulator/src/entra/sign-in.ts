/** The environment in which Azure's own clients, and the gateway, sign in at the simulated Entra ID. */
import type { IdentityPlan } from './identity-options.ts';

type Variables = Readonly<Record<string, string>>;

/** Each for a process of its own; null where nobody can sign in so. */
export interface SignIn {
  /** An application with a secret. */
  readonly application: Variables | null;
  /** Managed identity of an app (App Service, Container Apps). */
  readonly app: Variables | null;
  /** Managed identity of a machine. */
  readonly machine: Variables | null;
}

/** @param url of the admin port, without a trailing slash. */
export function signInOf(
  { tenantId, applications, managedIdentities, identityHeader }: IdentityPlan,
  url: string,
): SignIn {
  const application = applications.find(({ secret }) => secret !== null);
  const someone = managedIdentities.length > 0;
  return {
    application:
      application === undefined
        ? null
        : {
            AZURE_AUTHORITY_HOST: url,
            AZURE_TENANT_ID: tenantId,
            AZURE_CLIENT_ID: application.clientId,
            AZURE_CLIENT_SECRET: application.secret ?? '',
          },
    app: someone ? { IDENTITY_ENDPOINT: `${url}/msi/token`, IDENTITY_HEADER: identityHeader } : null,
    machine: someone ? { AZURE_POD_IDENTITY_AUTHORITY_HOST: url } : null,
  };
}
