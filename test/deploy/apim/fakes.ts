/** Stand-ins for azd and az that do nothing but write down how they were called, for commands as the documents print them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** `azd up` wants a project; `azd env set` is remembered; `azd env get-values` prints outputs and what was set. */
const AZD = `#!/bin/sh
echo "azd $*" >> "$CALLS"
case "$1 $2" in
  "up "*) test -f azure.yaml || { echo 'ERROR: no project exists' >&2; exit 1; }
          test -f infra/main.bicepparam || test -f infra/main.json || { echo 'ERROR: no infra' >&2; exit 1; } ;;
  "env set") test $# -eq 4 || exit 1; echo "$3=\\"$4\\"" >> "$VALUES" ;;
  "env get-values") cat "$VALUES" ;;
  "auth login"|"down "*|"env new"|"config set") ;;
  *) echo "ERROR: unknown command $*" >&2; exit 1 ;;
esac
`;
const AZ = `#!/bin/sh
echo "az $*" >> "$CALLS"
`;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** As they were called, in order. */
  readonly calls: readonly string[];
}

/** @param values what the deployment put out. */
export function runDocumented(t: TestContext, script: string, values: Readonly<Record<string, string>>): Ran {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-azd-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [bin, calls, stored] = [join(folder, 'bin'), join(folder, 'calls'), join(folder, 'values')];
  mkdirSync(bin);
  for (const [name, text] of [
    ['azd', AZD],
    ['az', AZ],
    ['npx', NPX],
  ] as const) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(calls, '');
  writeFileSync(
    stored,
    Object.entries(values)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join(''),
  );
  const work = join(folder, 'work');
  cpSync(join(ROOT, 'deploy'), join(work, 'deploy'), { recursive: true });
  const env = { PATH: `${bin}:/usr/bin:/bin`, CALLS: calls, VALUES: stored };
  const { status, stdout, stderr } = spawnSync('sh', ['-e'], {
    input: script,
    cwd: work,
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stdout, stderr, calls: readFileSync(calls, 'utf8').trim().split('\n') };
}

/** The command that renders is tested for itself; here it leaves what comes after it something to work on. */
const NPX = `#!/bin/sh
echo "npx $*" >> "$CALLS"
while [ $# -gt 0 ]; do [ "$1" = --out ] && out="$2"; shift; done
mkdir -p "$out/infra" && touch "$out/azure.yaml" "$out/infra/main.json"
`;
