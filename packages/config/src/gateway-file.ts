/** spillway.yaml as a kind of file. */
import type { FileKind } from './file-kind.ts';
import { isSecretPath } from './place.ts';
import { jsonSchema } from './schema-json.ts';

export const GATEWAY_FILE: FileKind = {
  jsonSchema,
  reference: 'docs/config.md',
  reader: 'gateway',
  remedies: {
    empty: 'list at least one backend; docs/spillway.example.yaml is a start',
    notAMapping: 'begin with "backends:"; a key needs a blank after its colon',
  },
  noShape: 'is neither text nor a mapping; write backend/deployment',
  later: new Map([['clients', ['class', 'models', 'tokensPerMinute', 'requestsPerMinute']]]),
  textKind: (path) => (isSecretPath(path) ? 'named' : 'plain'),
  exampleVariable: (path) => (path[0] === 'clients' ? 'CHAT_APP_KEY' : 'OPENAI1_KEY'),
};
