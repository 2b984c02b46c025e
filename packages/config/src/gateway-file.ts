/** spillway.yaml as a kind of file. */
import type { FileKind } from './file-kind.ts';
import { isSecretPath } from './place.ts';
import { isKeyHash } from './schema-doors.ts';
import { jsonSchema } from './schema-json.ts';

const EXAMPLES: Readonly<Record<string, string>> = { clients: 'CHAT_APP_KEY', sealKeys: 'SPILLWAY_SEAL_KEY' };

export const GATEWAY_FILE: FileKind = {
  jsonSchema,
  reference: 'docs/config.md',
  reader: 'gateway',
  remedies: {
    empty: 'list at least one backend; docs/spillway.example.yaml is a start',
    notAMapping: 'begin with "backends:"; a key needs a blank after its colon',
  },
  noShape: 'is neither text nor a mapping; write backend/deployment',
  later: new Map([
    ['clients', ['tokensPerMinute', 'requestsPerMinute']],
    ['prices', ['ptuHour', 'ptuMonth', 'ptuYear']],
  ]),
  textKind: (path) => (isSecretPath(path) ? 'named' : 'plain'),
  mayBeWritten: (path, value) => path[0] === 'clients' && typeof value === 'string' && isKeyHash(value),
  exampleVariable: (path) => EXAMPLES[String(path[0])] ?? 'OPENAI1_KEY',
};
