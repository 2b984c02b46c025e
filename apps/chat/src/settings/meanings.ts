/** What each setting is for, and when not to use it; its range and default are told by the code that reads it (reference.ts). */

export interface Meaning {
  readonly name: string;
  /** In place of the default that the code tells, where it depends on another setting. */
  readonly preset?: string;
  readonly meaning: string;
}

export interface SettingGroup {
  readonly title: string;
  readonly about: string;
  readonly settings: readonly Meaning[];
}

const MODELS: readonly Meaning[] = [
  {
    name: 'OPENAI_HOST',
    preset: '`azure`; `azure_custom` where `AZURE_OPENAI_CUSTOM_URL` is set',
    meaning:
      'Where models are asked. `azure`: one resource, directly. `azure_custom`: a gateway. `openai`: OpenAI itself. `local`: any server with OpenAI’s API. Not `azure` for many users: one resource’s quota is soon spent.',
  },
  {
    name: 'AZURE_OPENAI_CUSTOM_URL',
    meaning:
      'For `azure_custom`: the gateway’s address, with or without a path. Deployment paths, `/openai/v1`, the bare address and `/v1` are tried once; the one that answers is remembered.',
  },
  {
    name: 'SPILLWAY_CHAT_GATEWAY_LATER',
    meaning:
      'For `azure_custom`, where the app is deployed before its gateway: it starts without `AZURE_OPENAI_CUSTOM_URL`, takes documents and finds passages by words, and each question is told which variable is missing. Not where the variable is set by the same hand: then forgetting it should be an error.',
  },
  {
    name: 'AZURE_OPENAI_SERVICE',
    meaning: 'For `azure`: the resource’s name, `openai1` of `https://openai1.openai.azure.com`.',
  },
  {
    name: 'OPENAI_BASE_URL',
    preset: '`https://api.openai.com/v1`',
    meaning:
      'For `local` (required there) and `openai`: the address with its path. Not for a gateway: see `azure_custom`.',
  },
  {
    name: 'AZURE_OPENAI_API_KEY_OVERRIDE',
    meaning:
      'For `azure` and `azure_custom`: a key that the resource or the gateway knows. Leave it out to use Entra ID.',
  },
  { name: 'AZURE_OPENAI_API_KEY', meaning: 'The same, where `AZURE_OPENAI_API_KEY_OVERRIDE` is not set.' },
  {
    name: 'SPILLWAY_CHAT_CREDENTIAL',
    meaning:
      'For `azure` and `azure_custom`. `auto`: the key, else over https a token of Entra ID for the app’s identity, else nothing. `entra` over http sends the token in the clear: not beyond this machine.',
  },
  {
    name: 'AZURE_OPENAI_TOKEN_SCOPE',
    preset: '`https://cognitiveservices.azure.com/.default`',
    meaning:
      'For whom such a token is made out. Where the gateway takes only an audience of its own: `api://CLIENT_ID_OF_THE_GATEWAY/.default`.',
  },
  { name: 'OPENAI_API_KEY', meaning: 'For `openai` (required there) and `local`.' },
  { name: 'OPENAI_ORGANIZATION', meaning: 'For `openai`.' },
  {
    name: 'AZURE_OPENAI_API_VERSION',
    preset: '`2024-10-21`',
    meaning: '`api-version` on deployment paths. Not on v1 and bare paths, which take none.',
  },
  {
    name: 'AZURE_OPENAI_CHATGPT_DEPLOYMENT_API_VERSION',
    meaning: 'The same, where `AZURE_OPENAI_API_VERSION` is not set.',
  },
  {
    name: 'AZURE_OPENAI_CHATGPT_DEPLOYMENT',
    preset: '`chat`',
    meaning: 'For `azure` and `azure_custom`: the deployment, or the gateway’s pool, that writes answers.',
  },
  {
    name: 'AZURE_OPENAI_CHATGPT_MODEL',
    preset: '`gpt-4o-mini` for `openai` and `local`',
    meaning:
      'The chat model. On Azure only to know whether it thinks first (`gpt-5`, `o1` and later), where the deployment’s name does not say.',
  },
  { name: 'OPENAI_MODEL', meaning: 'The same, where `AZURE_OPENAI_CHATGPT_MODEL` is not set.' },
  {
    name: 'AZURE_OPENAI_REASONING_EFFORT',
    preset: 'the model’s own',
    meaning: 'How long a model that thinks first may think. Set, it also says that the model is one: not for others.',
  },
  {
    name: 'SPILLWAY_CHAT_TEMPERATURE',
    preset: 'the model’s own',
    meaning: 'Of answers. Not sent to models that think first.',
  },
  {
    name: 'SPILLWAY_CHAT_ANSWER_TOKENS_MAX',
    meaning: 'Longest answer. Tokens. Azure counts it against the quota on arrival: not higher than answers need.',
  },
  {
    name: 'SPILLWAY_CHAT_IDLE_MS',
    meaning:
      'Longest silence of a model before a call is given up. Milliseconds. Not below what a thinking model thinks.',
  },
];

const EMBEDDINGS: readonly Meaning[] = [
  { name: 'USE_VECTORS', meaning: '`false`: words alone are searched, and indexing asks no model.' },
  {
    name: 'AZURE_OPENAI_EMB_DEPLOYMENT',
    preset: '`embedding`; the model’s name for `openai` and `local`',
    meaning: 'The deployment, or the gateway’s pool, that makes vectors.',
  },
  { name: 'AZURE_OPENAI_EMBEDDING_DEPLOYMENT', meaning: 'The same, as the JavaScript sample spells it.' },
  {
    name: 'AZURE_OPENAI_EMB_MODEL_NAME',
    preset: 'the deployment’s name; `text-embedding-3-small` for `openai` and `local`',
    meaning: 'What the index is said to be made with. Vectors of two models never mix: change it, and index anew.',
  },
  { name: 'AZURE_OPENAI_EMBEDDING_MODEL', meaning: 'The same, as the JavaScript sample spells it.' },
  {
    name: 'AZURE_OPENAI_EMB_DIMENSIONS',
    meaning: 'Numbers in a vector; 0: as many as the model gives. Not for models that cannot shorten theirs.',
  },
];

const SEARCH: readonly Meaning[] = [
  {
    name: 'SPILLWAY_CHAT_RETRIEVAL',
    meaning:
      '`auto`: words and vectors where a probe of the index found that vectors help, else words. The others hold whatever the probe would find: not `vectors` with an embedding model that you do not know.',
  },
  {
    name: 'SPILLWAY_CHAT_TOP',
    meaning: 'Passages that an answer is made from. More cost tokens and distract the model.',
  },
  {
    name: 'SPILLWAY_CHAT_VECTOR_WEIGHT',
    preset: '1',
    meaning:
      'Of the vectors’ ranking; that of the words has 1. Absent: 1, and vectors that know words alone, as the simulator’s do, are not searched; a value has them searched all the same.',
  },
  {
    name: 'SPILLWAY_CHAT_RERANK',
    meaning:
      '`model`: the chat model reads the best 15 passages of each search and puts them in order, by one short call. It costs some 2,500 tokens and a second for each question: not where quota is short. Not used where `AZURE_SEARCH_SEMANTIC_RANKER` is.',
  },
  { name: 'SPILLWAY_CHAT_SOURCE_TOKENS_MAX', meaning: 'Of passages, in one prompt. Tokens, estimated.' },
  {
    name: 'SPILLWAY_CHAT_HISTORY_TOKENS_MAX',
    meaning:
      'Of earlier turns, in one prompt; the newest go first. Tokens, estimated. 0: each question stands alone for the model.',
  },
  {
    name: 'SPILLWAY_CHAT_PROMPT',
    preset: 'our own',
    meaning:
      'In place of the instructions; after `>>>` it is added to them. Ours hold the model to the sources and to citations: adding is nearly always what you want. Whoever asks can read it among the steps of an answer.',
  },
  { name: 'SPILLWAY_CHAT_FOLLOWUPS', meaning: 'Three further questions below an answer. They cost some tokens.' },
];

const STORE: readonly Meaning[] = [
  {
    name: 'SPILLWAY_CHAT_STORE',
    meaning:
      'Where documents and conversations are kept. `local`: a SQLite file, for one process. `postgres`: for several. `azure-search`: documents in Azure AI Search, conversations in the file.',
  },
  {
    name: 'SPILLWAY_CHAT_FILE',
    preset: '`spillway-chat.sqlite`',
    meaning:
      'The SQLite file, below the folder that the app is started in. Not on a network share. `:memory:`: gone with the process.',
  },
  {
    name: 'SPILLWAY_CHAT_POSTGRES_URL',
    meaning: 'For `postgres` (required there): `postgres://USER:PASSWORD@HOST/DATABASE`, with the extension pgvector.',
  },
  {
    name: 'AZURE_SEARCH_SERVICE',
    meaning: 'For `azure-search`: the service’s name, `NAME` of `https://NAME.search.windows.net`.',
  },
  { name: 'SPILLWAY_CHAT_SEARCH_URL', meaning: 'For `azure-search`: its address, where it has another one than that.' },
  {
    name: 'AZURE_SEARCH_INDEX',
    preset: '`gptkbindex`',
    meaning:
      'For `azure-search`: the index; made where there is none. One that the Azure samples filled is read, and never written.',
  },
  {
    name: 'AZURE_SEARCH_SEMANTIC_RANKER',
    meaning:
      'For `azure-search`: `free` or `standard`, the plan of the service’s semantic ranker, has it put what was found in order; an index of ours gets its semantic configuration. It takes part of a second for each query, and above the free plan it costs money.',
  },
  { name: 'AZURE_SEARCH_KEY', meaning: 'For `azure-search`: an admin key. Leave it out to use Entra ID.' },
  {
    name: 'KB_FIELDS_CONTENT',
    preset: '`content`',
    meaning: 'For an index of the samples: the field of a passage’s text.',
  },
  {
    name: 'KB_FIELDS_SOURCEPAGE',
    preset: '`sourcepage`',
    meaning: 'For an index of the samples: the field of the file and its page.',
  },
  {
    name: 'AZURE_SEARCH_FIELD_NAME_EMBEDDING',
    preset: '`embedding3` or `embedding`, whichever is there',
    meaning:
      'For an index of the samples: the field of vectors. The embedding model has to be the one it was filled with.',
  },
  {
    name: 'AZURE_ENABLE_GLOBAL_DOCUMENT_ACCESS',
    meaning:
      'For an index of the samples: rows that list nobody in `oids` and `groups`, all of them where there are no such fields, are for everybody who may come in; else for admins alone. Not where the samples’ own page closed them.',
  },
];

const SIGN_IN: readonly Meaning[] = [
  {
    name: 'SPILLWAY_CHAT_AUTH',
    meaning: 'How people sign in. `none` serves this machine only, unless `--allow-anonymous` is said.',
  },
  {
    name: 'SPILLWAY_CHAT_USERS',
    preset: 'nobody',
    meaning: 'For `password`: `NAME:HASH:GROUP+GROUP`, groups optional. `spillway chat hash` makes the hash.',
  },
  {
    name: 'SPILLWAY_CHAT_SESSION_KEY',
    preset: 'a new one with each start',
    meaning: 'Signs cookies. A long random text, the same for every process; without it a restart signs everybody out.',
  },
  {
    name: 'SPILLWAY_CHAT_ADMINS',
    preset: 'nobody',
    meaning:
      'Users, and groups as `group:NAME`, that see and change every document. On this machine, without sign-in, you are one.',
  },
  {
    name: 'SPILLWAY_CHAT_API_KEYS',
    preset: 'none',
    meaning:
      'For programs: `NAME:KEY:GROUP+GROUP`, keys of at least 16 characters, sent as `Authorization: Bearer KEY`.',
  },
  { name: 'SPILLWAY_CHAT_OIDC_ISSUER', meaning: 'For `oidc` (required there).' },
  { name: 'SPILLWAY_CHAT_OIDC_CLIENT_ID', meaning: 'For `oidc` (required there).' },
  {
    name: 'SPILLWAY_CHAT_OIDC_CLIENT_SECRET',
    meaning: 'For `oidc`; absent: a public client. The flow uses PKCE either way.',
  },
  {
    name: 'SPILLWAY_CHAT_OIDC_REDIRECT_URL',
    meaning: 'For `oidc` (required there): `https://CHAT/auth/callback`, as registered with the issuer.',
  },
  {
    name: 'SPILLWAY_CHAT_OIDC_USER_CLAIM',
    preset: 'the verified address, else `sub`',
    meaning: 'The claim that names a user. Not one that users can change by themselves.',
  },
  { name: 'SPILLWAY_CHAT_OIDC_GROUPS_CLAIM', preset: '`groups`', meaning: 'The claim that lists a user’s groups.' },
  {
    name: 'SPILLWAY_CHAT_PROXY_USER_HEADER',
    preset: '`x-forwarded-user`',
    meaning: 'For `proxy`: who it is. The proxy must take this header from every request and set its own.',
  },
  {
    name: 'SPILLWAY_CHAT_PROXY_GROUPS_HEADER',
    preset: '`x-forwarded-groups`',
    meaning: 'For `proxy`: their groups, by commas.',
  },
  {
    name: 'SPILLWAY_CHAT_PROXY_ADDRESSES',
    preset: '`127.0.0.1`, `::1` for `proxy`; else none',
    meaning:
      'Of the proxies in front. For `proxy`: connections from here are believed in who it is, from elsewhere not. With any way to sign in: once set, what is counted by address is counted by the one that they tell in `x-forwarded-for`. Addresses, not ranges.',
  },
];

const LIMITS: readonly Meaning[] = [
  {
    name: 'SPILLWAY_CHAT_QUESTIONS_PER_MINUTE',
    meaning: 'Of one user, or of one address where there are no names. Agents’ calls (MCP) count too.',
  },
  { name: 'SPILLWAY_CHAT_UPLOADS_PER_HOUR', meaning: 'Of one user, or of one address.' },
  { name: 'SPILLWAY_CHAT_UPLOAD_BYTES_MAX', meaning: 'Of one file, uploaded or in a folder. Bytes.' },
  {
    name: 'SPILLWAY_CHAT_ANSWERS_MAX',
    meaning: 'Answers that are being written at once, by all users; beyond it 503.',
  },
  {
    name: 'SPILLWAY_CHAT_WAIT_MS_MAX',
    meaning: 'The longest wait after a 429, before the one further try. Milliseconds. 0: none.',
  },
  {
    name: 'SPILLWAY_CHAT_DRAIN_MS',
    meaning:
      'How long answers under way may still take after SIGTERM or Ctrl-C. Milliseconds. Not longer than what runs the app waits before it kills: 30 s in Kubernetes.',
  },
  {
    name: 'SPILLWAY_CHAT_KEPT_MS',
    meaning: 'How long an answer’s events are kept for a page that was reloaded. Milliseconds. They are in memory.',
  },
  {
    name: 'SPILLWAY_CHAT_VISITOR_UPLOADS_MS',
    meaning:
      'How long a file stays that a visitor without a name uploaded, from the upload or from when it was indexed anew. Milliseconds; a day by default. The visitor is known for 12 hours: less than that takes files away from people who could still ask them.',
  },
];

const PAGE: readonly Meaning[] = [
  { name: 'SPILLWAY_CHAT_TITLE', preset: '`Ask your documents`', meaning: 'Of the page.' },
  {
    name: 'SPILLWAY_CHAT_EXAMPLES',
    preset: 'none',
    meaning: 'Questions to begin with, between them `|`. Seen before sign-in.',
  },
  {
    name: 'USE_USER_UPLOAD',
    preset: '`true` for those with a name',
    meaning:
      'Whether users may upload; admins always may. Visitors without a name (`--allow-anonymous`) only where this says `true`, and then each for their own browser alone.',
  },
  {
    name: 'USE_SPEECH_INPUT_BROWSER',
    meaning: 'A microphone, where the browser has one. Some browsers send speech to their maker.',
  },
  { name: 'USE_SPEECH_OUTPUT_BROWSER', meaning: 'Reading aloud, where the browser can.' },
  { name: 'ENABLE_LANGUAGE_PICKER', meaning: 'A choice of seven languages; without it the browser’s.' },
  {
    name: 'ALLOWED_ORIGINS',
    preset: 'none',
    meaning: 'Pages elsewhere that may ask, with a key of their own; `*`: all. Cookies are never taken from them.',
  },
  { name: 'ALLOWED_ORIGIN', preset: 'none', meaning: 'The same, where `ALLOWED_ORIGINS` is not set.' },
  {
    name: 'SPILLWAY_CHAT_DIALECT',
    meaning: 'What `/chat` speaks where neither the header `x-chat-dialect` nor the request’s shape says.',
  },
  { name: 'SPILLWAY_CHAT_KEY', meaning: 'For `spillway chat eval --url` alone: the key that it asks with.' },
];

const EVALUATION: readonly Meaning[] = [
  {
    name: 'SPILLWAY_CHAT_EVALUATIONS',
    preset: 'beside `SPILLWAY_CHAT_FILE`, with its name: `spillway-chat-evaluations`',
    meaning:
      'Folder where results of runs are kept, of the page and of `spillway chat eval`: the newest 100, 256 MiB at most. `none`, and with `SPILLWAY_CHAT_FILE=:memory:` by itself: the page’s runs are kept in memory until the app ends, and the command keeps none.',
  },
  {
    name: 'SPILLWAY_CHAT_EVALUATION_QUESTIONS',
    preset: 'those that came along, about the sample documents',
    meaning: 'YAML file of the questions that a run begun from the page asks; 500 at most. Read with each run.',
  },
  {
    name: 'SPILLWAY_CHAT_EVALUATION_FLOORS',
    preset: 'none; with the questions that came along theirs',
    meaning: 'YAML file of the least figures; the page marks what is below. Not without questions that they fit.',
  },
];

export const SETTING_GROUPS: readonly SettingGroup[] = [
  { title: 'Models', about: 'Where they are asked, and how.', settings: MODELS },
  { title: 'Embeddings', about: 'Vectors of passages and questions.', settings: EMBEDDINGS },
  { title: 'Search and prompt', about: 'What an answer is made from.', settings: SEARCH },
  { title: 'Store', about: 'What is kept, and where.', settings: STORE },
  { title: 'Sign-in', about: 'Who may come in, and as whom.', settings: SIGN_IN },
  { title: 'Limits', about: 'How much one user, one file and one process may take.', settings: LIMITS },
  { title: 'Page and API', about: 'What is shown, and to whom.', settings: PAGE },
  { title: 'Evaluation', about: 'Measured quality, on a page for admins.', settings: EVALUATION },
];
