/** The model of templates: printed as ARM JSON, read back by the evaluator. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { armJson } from '../../apps/render/src/arm/arm.ts';
import { evaluateTemplate } from '../../apps/render/src/arm/evaluate.ts';
import {
  call,
  copyIndex,
  each,
  idOf,
  parameter,
  propertiesOf,
  text,
  type Value,
  variable,
  when,
} from '../../apps/render/src/arm/expression.ts';
import type { Json, JsonObject } from '../../apps/render/src/arm/functions.ts';
import { parseExpression } from '../../apps/render/src/arm/parse.ts';
import { named, parentOf, type Resource, type Template } from '../../apps/render/src/arm/template.ts';
import { asObject } from './arm-schemas.ts';

const first: Resource = { symbol: 'first', type: 'A.B/c', apiVersion: '1', name: named('one'), body: {} };
const copies: Resource = {
  symbol: 'copies',
  type: 'A.B/c/d',
  apiVersion: '1',
  name: (index) => text`child${index}`,
  parent: parentOf(first),
  copies: { count: 2, isSerial: true },
  body: { properties: { number: copyIndex } },
};

function templateWith(outputs: { readonly [name: string]: Value }, more: Partial<Template> = {}): JsonObject {
  const template: Template = {
    name: 'main',
    scope: 'resourceGroup',
    parameters: { list: { type: 'array', description: 'A list.', default: ['a', 'b'] } },
    variables: { fixed: 'fixed' },
    resources: [first, copies],
    modules: [],
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { type: 'object', value }])),
    ...more,
  };
  return asObject(JSON.parse(armJson(template)));
}

const VALUES: readonly (readonly [name: string, value: Value, arm: Json, evaluated: Json])[] = [
  ['a text', 'plain', 'plain', 'plain'],
  ['a text that looks like an expression', '[no]', '[[no]', '[no]'],
  ['a text that begins like one', '[no', '[no', '[no'],
  ['a text with a quote', call('concat', "it's", '!'), "[concat('it''s', '!')]", "it's!"],
  ['a variable', variable('fixed'), "[variables('fixed')]", 'fixed'],
  [
    'formats in formats',
    text`a-${text`b-${variable('fixed')}`}-${'c'}`,
    "[format('a-b-{0}-c', variables('fixed'))]",
    'a-b-fixed-c',
  ],
  ['a choice', when(call('equals', 1, 2), 'x', null), "[if(equals(1, 2), 'x', null())]", null],
  [
    'an object inside',
    call('string', { a: [true, 1] }),
    "[string(createObject('a', createArray(true(), 1)))]",
    '{"a":[true,1]}',
  ],
  [
    'a lambda',
    each('map', parameter('list'), 'x', (x) => text`${x}!`),
    "[map(parameters('list'), lambda('x', format('{0}!', lambdaVariables('x'))))]",
    ['a!', 'b!'],
  ],
  ['an item', parameter('list').item(1), "[parameters('list')[1]]", 'b'],
  [
    'what may be missing',
    call('coalesce', call('createObject', 'a', 1).maybe('b'), 2),
    "[coalesce(tryGet(createObject('a', 1), 'b'), 2)]",
    2,
  ],
  [
    'an id',
    idOf(copies, 1),
    "[resourceId('A.B/c/d', 'one', format('child{0}', 1))]",
    '/subscriptions/sub/resourceGroups/rg/providers/A.B/c/one/d/child1',
  ],
  [
    'what a copy says of itself',
    propertiesOf(copies, 1).at('x'),
    "[reference(format('{0}[{1}]', 'copies', 1)).x]",
    '<copies[1].x>',
  ],
];

for (const [name, value, arm, evaluated] of VALUES) {
  test(`armJson: ${name} is printed, and evaluated`, () => {
    const template = templateWith({ it: value });
    assert.deepEqual(asObject(asObject(template.outputs ?? {}).it ?? {}).value, arm);
    assert.deepEqual(evaluateTemplate(template, { parameters: {} }).outputs.it, evaluated);
  });
}

test('armJson: a copy has its parent in front, waits for it, and is made after the one before', () => {
  const declared = asObject(asObject(templateWith({}).resources ?? {}).copies ?? {});
  assert.deepEqual(declared, {
    copy: { name: 'copies', count: 2, mode: 'serial', batchSize: 1 },
    type: 'A.B/c/d',
    apiVersion: '1',
    name: "[format('{0}/{1}', 'one', format('child{0}', copyIndex()))]",
    properties: { number: '[copyIndex()]' },
    dependsOn: ['first'],
  });
});

test('evaluateTemplate: expands copies, leaves out what its condition forbids', () => {
  const never: Resource = { ...first, symbol: 'never', condition: call('equals', 1, 2) };
  const { resources } = evaluateTemplate(templateWith({}, { resources: [first, copies, never] }), { parameters: {} });
  assert.deepEqual(
    resources.map(({ name, resource }) => [name, resource.properties ?? null]),
    [
      ['one', null],
      ['one/child0', { number: 0 }],
      ['one/child1', { number: 1 }],
    ],
  );
});

const WRONG: readonly (readonly [name: string, value: Value, message: RegExp])[] = [
  ['a parameter', parameter('lists'), /no parameter lists/],
  ['a variable', variable('fixt'), /no variable fixt/],
  ['a function', call('lenght', 'x'), /no function lenght/],
  ['a property', call('createObject', 'a', 1).at('b'), /there is no b in/],
  ['a lambda', call('map', parameter('list'), 'x'), /map without a lambda/],
  ['the kind of a value', call('flatten', 'x'), /not a list/],
  ['a copy', copyIndex, /copyIndex\(\) outside/],
];

for (const [name, value, message] of WRONG) {
  test(`evaluateTemplate: says where ${name} is wrong`, () => {
    assert.throws(() => evaluateTemplate(templateWith({ it: value }), { parameters: {} }), message);
  });
}

test('evaluateTemplate: holds parameters to what is declared', () => {
  const limited = { type: 'int', description: 'A number.', default: 1, min: 1, max: 5 } as const;
  const chosen = { type: 'string', description: 'A word.', default: 'a', allowed: ['a'] } as const;
  const template = templateWith({}, { parameters: { limited, chosen } });
  const given = (parameters: JsonObject) => () => evaluateTemplate(template, { parameters });
  assert.doesNotThrow(given({ limited: 5 }));
  assert.throws(given({ limited: 6 }), /parameter limited: 6 is not allowed/);
  assert.throws(given({ chosen: 'b' }), /parameter chosen: b is not allowed/);
  assert.throws(given({ other: 1 }), /no parameter other/);
});

test('parseExpression: refuses what ARM would', () => {
  for (const source of ["f('a'", 'f(a)', 'f() g()', 'f()[1', "f('a' 'b')", '#', '']) {
    assert.throws(() => parseExpression(source), /not an expression of ARM/, source);
  }
});
