/** Embeddings, where a deployment for them was named. */
import { type Check, type CheckGroup, classic, type Subject, unserved } from '../check.ts';
import { at, judged, listAt, notSupported, numberAt, same, text, unless } from '../finding.ts';
import type { Finding } from '../report.ts';
import type { Came } from '../session.ts';

const INPUT = 'The sea is calm today.';
const SHORT_DIMENSIONS = 256;
/** How far a real model's vectors differ between two calls. */
const TOLERANCE = 0.01;
const BYTES_PER_NUMBER = 4;

/** A check of the answer to one request for embeddings. */
function embeds(
  about: Omit<Check, 'run'>,
  fields: object,
  judge: (came: Came, subject: Subject, deployment: string) => Finding | Promise<Finding>,
): Check {
  return {
    ...about,
    run: async (subject) => {
      const { embeddingDeployment } = subject;
      if (embeddingDeployment === null) return notSupported('no deployment for embeddings was named');
      const came = await ask(subject, embeddingDeployment, fields);
      return unserved(came) ?? judge(came, subject, embeddingDeployment);
    },
  };
}

function ask(subject: Subject, deployment: string, fields: object): Promise<Came> {
  const path = classic(subject, 'embeddings', deployment);
  return subject.session.send({ path, body: { input: INPUT, ...fields } });
}

function vectorOf(came: Came, index = 0): readonly number[] {
  return listAt(came.json, 'data', index, 'embedding').filter((value) => typeof value === 'number');
}

function lengthOf(vector: readonly number[]): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

const floats = embeds(
  { name: 'numbers', expected: 'a list of one unit vector, with usage', source: 'wire §1.2' },
  {},
  (came) => {
    const vector = vectorOf(came);
    const length = lengthOf(vector);
    return judged(
      [
        same('object', at(came.json, 'object'), 'list'),
        same('data[0].object', at(came.json, 'data', 0, 'object'), 'embedding'),
        unless(vector.length > 0, 'there is no vector'),
        unless(Math.abs(length - 1) < TOLERANCE, `its length is ${length.toFixed(3)}`),
        unless(numberAt(came.json, 'usage', 'prompt_tokens') > 0, 'usage.prompt_tokens is missing'),
      ],
      `${vector.length} numbers`,
    );
  },
);

const base64 = embeds(
  { name: 'base64', expected: 'the same vector as little-endian 32-bit numbers', source: 'wire §8' },
  { encoding_format: 'base64' },
  async (came, subject, deployment) => {
    const vector = vectorOf(await ask(subject, deployment, {}));
    const encoded = at(came.json, 'data', 0, 'embedding');
    const bytes = Buffer.from(typeof encoded === 'string' ? encoded : '', 'base64');
    const off = vector.filter((value, i) => {
      const at = i * BYTES_PER_NUMBER;
      return at + BYTES_PER_NUMBER > bytes.length || Math.abs(bytes.readFloatLE(at) - value) > TOLERANCE;
    });
    return judged(
      [
        unless(typeof encoded === 'string', `the embedding is ${typeof encoded}`),
        same('the number of bytes', bytes.length, vector.length * BYTES_PER_NUMBER),
        unless(off.length === 0, `${off.length} numbers are others`),
      ],
      `${bytes.length} bytes`,
    );
  },
);

const dimensions = embeds(
  { name: 'dimensions', expected: `a unit vector of ${SHORT_DIMENSIONS} numbers`, source: 'wire §1.2' },
  { dimensions: SHORT_DIMENSIONS },
  (came) => {
    const vector = vectorOf(came);
    const length = lengthOf(vector);
    return judged(
      [
        same('the number of numbers', vector.length, SHORT_DIMENSIONS),
        unless(Math.abs(length - 1) < TOLERANCE, `its length is ${length.toFixed(3)}`),
      ],
      `${vector.length} numbers`,
    );
  },
);

const batch = embeds(
  { name: 'several inputs', expected: 'one vector for each, with index 0 and 1, in their order', source: 'wire §1.2' },
  { input: ['A red boat.', INPUT] },
  async (came, subject, deployment) => {
    const alone = vectorOf(await ask(subject, deployment, {}));
    const second = vectorOf(came, 1);
    const indices = listAt(came.json, 'data').map((each) => at(each, 'index'));
    const product = second.reduce((sum, value, i) => sum + value * (alone[i] ?? 0), 0);
    return judged(
      [
        same('indices', String(indices), '0,1'),
        unless(product > 1 - TOLERANCE, `the second is not the vector of its text (cosine ${product.toFixed(3)})`),
      ],
      `indices ${indices}`,
    );
  },
);

const v1: Check = {
  name: 'v1, deployment in the body',
  expected: 'a list of one vector',
  source: 'wire §1.4',
  run: async ({ session, embeddingDeployment }) => {
    if (embeddingDeployment === null) return notSupported('no deployment for embeddings was named');
    const came = await session.send({
      path: '/openai/v1/embeddings',
      body: { input: INPUT, model: embeddingDeployment },
    });
    return unserved(came) ?? judged([unless(vectorOf(came).length > 0, 'there is no vector')], text(came.status));
  },
};

export const EMBEDDINGS: CheckGroup = { name: 'embeddings', checks: [floats, base64, dimensions, batch, v1] };
