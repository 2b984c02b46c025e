import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './program.ts';

async function ran(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const written = { out: '', err: '' };
  const exit = await run(args, env, {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
  });
  return { exit, ...written };
}

test('run: help and version go to standard output with exit 0', async () => {
  const rows: ReadonlyArray<readonly [readonly string[], RegExp]> = [
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [['--help'], /demo.*gateway.*simulate.*deployments.*check.*SPILLWAY_PORT/s],
    [['deployments', '--help'], /create.*show.*list.*delete.*discover.*Example:\n {2}spillway deployments create/s],
    [
      ['deployments', 'create', '--help'],
      /-n, --name.*-g, --resource-group.*--capacity, --sku-capacity.*--no-wait.*--print.*Example:\n {2}spillway dep/s,
    ],
    [['deployments', 'show', '--help'], /--deployment-name.*"az", "rest".*Example:\n {2}spillway deployments show/s],
    [['deployments', 'list', '--help'], /--endpoint.*Example:\n {2}spillway deployments list/s],
    [['deployments', 'delete', '--help'], /--subscription.*Example:\n {2}spillway deployments delete/s],
    [['deployments', 'discover', '--help'], /--auth.*--out.*--force.*Example:\n {2}spillway deployments discover/s],
    [['demo', '--help'], /--once.*--json.*--seed.*Example:\n {2}spillway demo/s],
    [['gateway', '--help'], /--config.*--allow-anonymous.*--log-level.*Example:\n/s],
    [['simulate', '--help'], /default: 9000.*Example:\n {2}spillway simulate/s],
    [['check', '--help'], /--connect.*Example:\n {2}spillway check/s],
  ];
  for (const [args, want] of rows) {
    const { exit, out, err } = await ran(args);
    assert.deepEqual([exit, err], [0, ''], args.join(' '));
    assert.match(out, want);
  }
});

test('run: what is used wrongly ends with exit 2, named on standard error with a way out', async () => {
  const rows: ReadonlyArray<readonly [readonly string[], Readonly<Record<string, string>>, RegExp]> = [
    [[], {}, /Usage: spillway/],
    [['gatway'], {}, /unknown command 'gatway'\n\(Did you mean gateway\?\)/],
    [['check', '--conect'], {}, /unknown option '--conect'\n\(Did you mean --connect\?\)/],
    [['check', 'spillway.yaml'], {}, /too many arguments/],
    [['gateway', '--port', '99999'], {}, /'--port <number>' argument '99999' is invalid\. .* from 0 to 65535; 0 takes/],
    [['gateway', '--config', ''], {}, /'--config <file>' argument '' is invalid\. It is empty/],
    [['gateway', '--log-level', 'loud'], {}, /Allowed choices are info, warn, error, silent/],
    [
      ['gateway'],
      { SPILLWAY_ADMIN_PORT: 'x' },
      /SPILLWAY_ADMIN_PORT "x" is invalid, the twin of --admin-port\. It is not/,
    ],
    [['deployments'], {}, /Usage: spillway deployments/],
    [['deployments', 'list'], {}, /error: --name is not given: .*\nerror: --resource-group is not given: /],
    [
      ['deployments', 'create', '--sku-capacity', '1.5'],
      {},
      /argument '1\.5' is invalid\. .* from 1 to 1000000; give PTUs/,
    ],
    [['deployments', 'list', '--print', 'bicep'], {}, /Allowed choices are az, rest/],
    [['gateway'], { SPILLWAY_ALLOW_ANONYMOUS: 'sure' }, /neither true nor false/],
  ];
  for (const [args, env, want] of rows) {
    const { exit, out, err } = await ran(args, env);
    assert.deepEqual([exit, out], [2, ''], args.join(' '));
    assert.match(err, want);
  }
});
