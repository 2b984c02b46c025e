/**
 * Azure's built-in roles that matter here, and what each may do on the data plane. Those without an entry here may do nothing there:
 * owning an account is not being allowed to ask its models, which is what most who are refused have met.
 * Source: Microsoft Learn, "Azure built-in roles for AI + machine learning", read 2026-11-20.
 */
const OPENAI = 'Microsoft.CognitiveServices/accounts/OpenAI';

const EVERYTHING = [''];

/** By the beginning of the data action behind `…/accounts/OpenAI/`; reading is granted besides, but for what others had answered. */
const GRANTS = {
  'Cognitive Services OpenAI User': [
    'deployments/',
    'images/generations/',
    'assistants/',
    'threads/',
    'responses/',
    'conversations/',
  ],
  'Cognitive Services OpenAI Contributor': EVERYTHING,
  'Cognitive Services User': EVERYTHING,
  'Azure AI User': EVERYTHING,
  'Azure AI Developer': EVERYTHING,
  'Cognitive Services Contributor': null,
  'Cognitive Services Usages Reader': null,
  'Monitoring Reader': null,
  Owner: null,
  Contributor: null,
  Reader: null,
} as const satisfies Readonly<Record<string, readonly string[] | null>>;

export type Role = keyof typeof GRANTS;

export const ROLES: readonly Role[] = Object.keys(GRANTS).filter(isRole);

function isRole(name: string): name is Role {
  return Object.hasOwn(GRANTS, name);
}

/** @param dataAction `Microsoft.CognitiveServices/accounts/OpenAI/responses/write` */
export function mayDo(roles: readonly Role[], dataAction: string): boolean {
  const action = dataAction.slice(OPENAI.length + 1);
  return roles.some((role) => {
    const grants: readonly string[] | null = GRANTS[role];
    if (grants === null) return false;
    const reads = action.endsWith('/read') && !action.startsWith('stored-completions/');
    return reads || grants.some((begin) => action.startsWith(begin));
  });
}
