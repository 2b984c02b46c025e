import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTools } from './tools.ts';

const TOOLS = [
  { type: 'function', function: { name: 'first', description: 'one', parameters: { type: 'object' } } },
  { type: 'function', function: { name: 'second' } },
];

function read(body: Record<string, unknown>) {
  const tools = readTools(body);
  if ('refusal' in tools) throw new Error(tools.refusal.body);
  return tools.tools;
}

test('readTools: auto where nothing is said, null where none may be called', () => {
  assert.equal(read({}), null);
  assert.equal(read({ tools: [] }), null);
  assert.equal(read({ tools: TOOLS, tool_choice: 'none' }), null);
  assert.deepEqual(read({ tools: TOOLS }), {
    tools: [
      { name: 'first', description: 'one', parameters: { type: 'object' } },
      { name: 'second', parameters: undefined },
    ],
    choice: 'auto',
    named: null,
    parallel: true,
  });
});

const CHOICES: ReadonlyArray<readonly [choice: unknown, kind: string, named: string | null, count: number]> = [
  ['auto', 'auto', null, 2],
  ['required', 'required', null, 2],
  [{ type: 'function', function: { name: 'second' } }, 'named', 'second', 2],
  [{ type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [TOOLS[1]] } }, 'required', null, 1],
  [{ type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'first' }] }, 'auto', null, 1],
];

for (const [choice, kind, named, count] of CHOICES) {
  test(`readTools: heeds tool_choice ${JSON.stringify(choice)}`, () => {
    const tools = read({ tools: TOOLS, tool_choice: choice });
    assert.deepEqual([tools?.choice, tools?.named, tools?.tools.length], [kind, named, count]);
  });
}

test('readTools: heeds parallel_tool_calls', () => {
  assert.equal(read({ tools: TOOLS, parallel_tool_calls: false })?.parallel, false);
});

test('readTools: takes the old names, and never calls two of them', () => {
  const functions = TOOLS.map((tool) => tool.function);
  const tools = read({ functions, function_call: { name: 'first' } });
  assert.deepEqual([tools?.choice, tools?.named, tools?.parallel], ['named', 'first', false]);
  assert.equal(read({ functions, function_call: 'auto' })?.choice, 'auto');
});

test('readTools: passes over tools that are no functions', () => {
  assert.equal(read({ tools: [{ type: 'web_search' }] }), null);
});

const STRICT = { name: 'f', strict: true, parameters: { type: 'object', properties: {} } };
const REFUSED: ReadonlyArray<readonly [name: string, body: Record<string, unknown>, param: string]> = [
  ['a choice without tools', { tool_choice: 'required' }, 'tool_choice'],
  ['an old choice without functions', { function_call: 'auto' }, 'function_call'],
  [
    'a choice that none of them is',
    { tools: TOOLS, tool_choice: { type: 'function', function: { name: 'x' } } },
    'tool_choice',
  ],
  [
    'allowed tools that none of them is',
    { tools: TOOLS, tool_choice: { type: 'allowed_tools', tools: [] } },
    'tool_choice',
  ],
  ['a choice that is no word of the four', { tools: TOOLS, tool_choice: 'maybe' }, 'tool_choice'],
  ['tools that are no list', { tools: {} }, 'tools'],
  ['129 tools', { tools: Array.from({ length: 129 }, () => TOOLS[0]) }, 'tools'],
  ['a tool that is no object', { tools: [5] }, 'tools[0]'],
  ['a tool without its function', { tools: [{ type: 'function' }] }, 'tools[0].function'],
  ['a function without a name', { tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
  ['a name with a blank', { functions: [{ name: 'a b' }] }, 'functions[0].name'],
  ['a strict schema that is open', { tools: [{ type: 'function', function: STRICT }] }, 'tools[0].function.parameters'],
];

for (const [name, body, param] of REFUSED) {
  test(`readTools: refuses ${name}`, () => {
    const tools = readTools(body);
    assert.ok('refusal' in tools);
    assert.equal(JSON.parse(tools.refusal.body).error.param, param);
  });
}
