/** The printer of Bicep. Whole files are held by deploy/container-apps/NAME/infra/bicep. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bicepFiles } from '../../apps/render/src/arm/bicep.ts';
import { bicepValue } from '../../apps/render/src/arm/bicep-value.ts';
import {
  call,
  copyIndex,
  each,
  idOf,
  parameter,
  propertiesOf,
  text,
  type Value,
  when,
} from '../../apps/render/src/arm/expression.ts';
import { named, type Resource, type Template } from '../../apps/render/src/arm/template.ts';

const one: Resource = { symbol: 'one', type: 'A.B/c', apiVersion: '1', name: named('n'), body: {} };

const VALUES: readonly (readonly [value: Value, want: string])[] = [
  [null, 'null'],
  [true, 'true'],
  [0.5, "json('0.5')"],
  ["it's ${X} and \\", "'it\\'s \\${X} and \\\\'"],
  ['one\r\ntwo\u202e', "'one\\u{d}\\ntwo\\u{202e}'"],
  [[], '[]'],
  [{ a: 1, 'b-c': [] }, "{\n  a: 1\n  'b-c': []\n}"],
  [call('createObject', idOf(one), {}), "{\n  '${one.id}': {}\n}"],
  [text`a-${parameter('p')}`, "'a-${p}'"],
  [when(call('greater', parameter('p'), 4), 1, 2), '(p > 4) ? 1 : 2'],
  [call('not', call('equals', parameter('p'), 4)), '!(p == 4)'],
  [call('coalesce', parameter('p').maybe('x'), when(parameter('q'), 1, 2)), 'p.?x ?? (q ? 1 : 2)'],
  [each('map', parameter('p'), 'x', (x) => x.at('y')), 'map(p, x => x.y)'],
  [propertiesOf(one, copyIndex).at('z'), 'one[i].properties.z'],
];

for (const [value, want] of VALUES) {
  test(`bicepValue: ${want.replaceAll(/\s+/g, ' ')}`, () => assert.equal(bicepValue(value), want));
}

const TEMPLATE: Template = {
  name: 'main',
  scope: 'resourceGroup',
  parameters: {
    count: { type: 'int', description: 'How many.', default: 2, min: 1 },
    key: { type: 'securestring', description: 'A key.' },
  },
  variables: { word: 'x' },
  resources: [
    one,
    {
      ...one,
      symbol: 'many',
      name: (index) => text`n${index}`,
      scope: { resource: one, index: () => null },
      condition: parameter('isOn'),
      copies: { count: parameter('count'), isSerial: true },
      after: [one],
    },
  ],
  modules: [],
  outputs: { it: { type: 'string', value: idOf(one) } },
};

test('bicepFiles: prints a whole template, and names only dependencies that Bicep does not find by itself', () => {
  assert.deepEqual(bicepFiles(TEMPLATE, '// Head.'), [
    {
      name: 'main.bicep',
      text: `// Head.

targetScope = 'resourceGroup'

@description('How many.')
@minValue(1)
param count int = 2

@secure()
@description('A key.')
param key string

var word = 'x'

resource one 'A.B/c@1' = {
  name: 'n'
}

@batchSize(1)
resource many 'A.B/c@1' = [for i in range(0, count): if (isOn) {
  scope: one
  name: 'n\${i}'
}]

output it string = one.id
`,
    },
  ]);
});
