/** A token of Entra ID for the app's identity (managed identity, workload identity, az login), for `Authorization: Bearer`. */
import { plain } from './failure.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';

export type TokenSource = () => Promise<string>;

/** The library is loaded with the first call: with a key it is never needed. It keeps tokens, and renews them, by itself. */
export function entraTokens(): TokenSource {
  let source: Promise<TokenSource> | null = null;
  return async () => {
    source ??= load();
    try {
      return await (await source)();
    } catch (error) {
      throw plain('notAllowed', `no token of Entra ID: ${error instanceof Error ? error.name : 'unknown'}`);
    }
  };
}

async function load(): Promise<TokenSource> {
  const { DefaultAzureCredential, getBearerTokenProvider } = await import('@azure/identity');
  // An authority that the environment names is taken as it is: Microsoft is not asked whether it exists, so that private clouds work.
  const disableInstanceDiscovery = (process.env.AZURE_AUTHORITY_HOST ?? '') !== '';
  return getBearerTokenProvider(new DefaultAzureCredential({ disableInstanceDiscovery }), SCOPE);
}
