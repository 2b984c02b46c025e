/** A token of Entra ID for the app's identity (managed identity, workload identity, az login), for `Authorization: Bearer`. */
import { plain } from './failure.ts';

export type TokenSource = () => Promise<string>;

/** The library is loaded with the first call: with a key it is never needed. It keeps tokens, and renews them, by itself. */
export function entraTokens(scope: string): TokenSource {
  let source: Promise<TokenSource> | null = null;
  return async () => {
    source ??= load(scope);
    try {
      return await (await source)();
    } catch (error) {
      throw plain('notAllowed', `no token of Entra ID: ${error instanceof Error ? error.name : 'unknown'}`);
    }
  };
}

async function load(scope: string): Promise<TokenSource> {
  const { DefaultAzureCredential, getBearerTokenProvider } = await import('@azure/identity');
  // An authority that the environment names is taken as it is: Microsoft is not asked whether it exists, so that private clouds work.
  const disableInstanceDiscovery = (process.env.AZURE_AUTHORITY_HOST ?? '') !== '';
  return getBearerTokenProvider(new DefaultAzureCredential({ disableInstanceDiscovery }), scope);
}
