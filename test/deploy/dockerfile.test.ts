/** The image's file as its format wants it, with the properties that platforms rely on. image.test.ts builds and runs it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { validate } from 'dockerfile-utils';

const SOURCE = readFileSync(join(import.meta.dirname, '../../deploy/Dockerfile'), 'utf8');

interface Instruction {
  readonly name: string;
  readonly args: string;
}

/** Comments out, continued lines joined. */
function instructionsOf(text: string): readonly Instruction[] {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.trim().split(' ');
      return { name, args: rest.join(' ').trim() };
    });
}

const all = instructionsOf(SOURCE);
/** What is in the image: the last stage. */
const image = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
const only = (name: string): string => {
  const found = image.filter((each) => each.name === name);
  assert.equal(found.length, 1, `${name}: ${found.length} times`);
  return found[0]?.args ?? '';
};
const messages = (text: string) => validate(text).map(({ message }) => message);

test('Dockerfile: is as its format wants it', () => assert.deepEqual(messages(SOURCE), []));

const TYPOS: ReadonlyArray<readonly [before: string, after: string]> = [
  ['WORKDIR /source', 'WORKDIRS /source'],
  ['COPY . .', 'COPY .'],
  ['EXPOSE 8080 8081', 'EXPOSE 8080-x'],
  ['STOPSIGNAL SIGTERM', 'STOPSIGNAL SIGTERM SIGINT'],
  ['--interval=10s', '--intervall=10s'],
  ['--timeout=5s', '--timeout=5'],
  ['--from=build', '--form=build'],
];

for (const [before, after] of TYPOS) {
  test(`Dockerfile: "${after}" would be found`, () => {
    assert.ok(SOURCE.includes(before), before);
    assert.notDeepEqual(messages(SOURCE.replace(before, after)), []);
  });
}

test('Dockerfile: the base can be swapped, and the image has the bundle beside it and nothing else', () => {
  assert.match(SOURCE, /^ARG NODE_IMAGE=docker\.io\/library\/node:24-/m);
  assert.equal(only('FROM'), '${NODE_IMAGE}');
  assert.equal(only('COPY'), '--from=build /bundle /opt/spillway');
  assert.deepEqual(
    image.filter(({ name }) => name === 'ADD'),
    [],
  );
  assert.equal(only('RUN'), 'mkdir --mode=1777 /data && chown 10001:10001 /data');
});

test('Dockerfile: runs as a number that is not root, and listens where a platform can reach it', () => {
  assert.match(only('USER'), /^[1-9]\d*:[1-9]\d*$/);
  assert.match(only('ENV'), /\bSPILLWAY_HOST=0\.0\.0\.0\b/);
  assert.doesNotMatch(SOURCE, /ALLOW_ANONYMOUS|ADMIN_HOST/, 'closed unless somebody says otherwise');
});

test('Dockerfile: signals reach Node, without a shell or npm between', () => {
  assert.equal(only('STOPSIGNAL'), 'SIGTERM');
  const entry: readonly string[] = JSON.parse(only('ENTRYPOINT'));
  assert.deepEqual([entry[0], entry.at(-1)], ['node', '/opt/spillway/bin/spillway.mjs']);
  assert.deepEqual(JSON.parse(only('CMD')), ['gateway']);
});

test('Dockerfile: begins Node with the flags of the command itself', () => {
  const launcher = readFileSync(join(import.meta.dirname, '../../apps/cli/bin/spillway.mjs'), 'utf8');
  const [, flags = ''] = /NODE_FLAGS = (\[.*\]);/.exec(launcher) ?? [];
  assert.deepEqual(JSON.parse(only('ENTRYPOINT')).slice(1, -1), JSON.parse(flags.replaceAll("'", '"')));
});

/** Its health check, as the platform runs it. */
async function health(port: number): Promise<number | null> {
  const [, argv = ''] = /CMD (\[.*\])$/.exec(only('HEALTHCHECK')) ?? [];
  const [program, ...args]: readonly string[] = JSON.parse(argv);
  assert.equal(program, 'node');
  const child = spawn(process.execPath, args, { env: { SPILLWAY_PORT: String(port) }, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return code;
}

test('Dockerfile: the health check tells a live gateway from a dead one', async (t) => {
  const answers = { '/livez': 200 };
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/livez' ? answers['/livez'] : 404).end();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  assert.equal(await health(port), 0);
  answers['/livez'] = 500;
  assert.equal(await health(port), 1);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  assert.equal(await health(port), 1);
});
