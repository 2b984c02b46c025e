/** The simulator's configuration as a kind of file. */
import type { FileKind, Path } from '@spillway/config';
import { simulatorJsonSchema } from './schema.ts';

export const SIMULATOR_FILE: FileKind = {
  jsonSchema: simulatorJsonSchema,
  reference: 'docs/simulator.md',
  reader: 'simulator',
  remedies: {
    empty: 'list a resource under "resources:", or start without --config for three of them',
    notAMapping: 'begin with "resources:"; a key needs a blank after its colon',
  },
  noShape: 'is not what belongs here; see docs/simulator.md',
  later: new Map(),
  textKind,
  exampleVariable: () => 'OPENAI1_KEY',
};

/** What is sent to clients stands as it is; the key of a real resource is a secret; those of simulated ones guard nothing. */
function textKind(path: Path): 'plain' | 'named' | 'literal' {
  if (path[0] === 'faults' || path.includes('answers')) return 'literal';
  return path.at(-2) === 'upstream' && path.at(-1) === 'key' ? 'named' : 'plain';
}
