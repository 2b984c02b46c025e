/** `spillway chat eval` as a person runs it: what becomes of its result. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command } from '../testing/command.ts';

const PASSAGE = 'A dog costs 9 euros a night.';
const QUESTIONS = `plain:\n  - { id: dog, question: What does a dog cost?, gold: [{ file: pets.md, passage: "${PASSAGE}" }] }\n`;

function evaluation(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'spillway-chat-eval-'));
  t.after(() => rmSync(root, { recursive: true }));
  const documents = join(root, 'documents');
  mkdirSync(documents);
  writeFileSync(join(documents, 'pets.md'), `# Pets\n\n${PASSAGE}\n`);
  writeFileSync(join(root, 'questions.yaml'), QUESTIONS);
  const args = ['--search', '--documents', documents, '--questions', join(root, 'questions.yaml')];
  const run = (env: Readonly<Record<string, string>>, ...more: string[]) =>
    new Command(['chat', 'eval', ...args, ...more], env).ended;
  return { root, run };
}

test('chat eval: keeps its result where the page shows it, and says so', async (t) => {
  const { root, run } = evaluation(t);
  const { code, stdout, stderr } = await run({ SPILLWAY_CHAT_FILE: join(root, 'chat.sqlite') });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^hit5 +1\.000 {2}of 1$/m);
  const folder = join(root, 'chat-evaluations');
  assert.ok(stderr.includes(`Kept in ${folder}, where the page shows it; --no-keep leaves that out`), stderr);
  const [file = ''] = readdirSync(folder);
  assert.match(file, /^\d{8}T\d{9}Z-search-[0-9a-f]{8}\.json$/);
  const { mode, outcomes } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  assert.deepEqual([mode, outcomes[0].expected], ['search', [PASSAGE]]);
});

test('chat eval: keeps nothing where that is said', async (t) => {
  const { root, run } = evaluation(t);
  const folder = join(root, 'runs');
  const flagged = await run({ SPILLWAY_CHAT_EVALUATIONS: folder }, '--no-keep');
  assert.deepEqual([flagged.code, flagged.stderr, existsSync(folder)], [0, '', false]);
  const set = await run({ SPILLWAY_CHAT_EVALUATIONS: 'none', SPILLWAY_CHAT_FILE: join(root, 'chat.sqlite') });
  assert.deepEqual([set.code, set.stderr, existsSync(join(root, 'chat-evaluations'))], [0, '', false]);
});

test('chat eval: a result that cannot be kept is told all the same', async (t) => {
  const { root, run } = evaluation(t);
  const { code, stdout, stderr } = await run({ SPILLWAY_CHAT_EVALUATIONS: join(root, 'questions.yaml') });
  assert.equal(code, 0);
  assert.match(stdout, /^hit5 +1\.000/m);
  assert.match(
    stderr,
    /^Not kept in .*questions\.yaml: .*; name another folder in SPILLWAY_CHAT_EVALUATIONS, or none$/m,
  );
});
