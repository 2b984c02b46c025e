/** Stand-ins for azd and az that do nothing but write down how they were called, for commands as the documents print them. */
import type { TestContext } from 'node:test';
import { type Ran, runShell } from '../shell.ts';

/** `azd up` wants a project; `azd env set` is remembered; `azd env get-values` prints outputs and what was set. */
const AZD = `
case "$1 $2" in
  "up "*) test -f azure.yaml || { echo 'ERROR: no project exists' >&2; exit 1; }
          test -f infra/main.bicepparam || test -f infra/main.json || { echo 'ERROR: no infra' >&2; exit 1; } ;;
  "env set") test $# -eq 4 || exit 1; printf '%s="%s"\\n' "$3" "$(printf %s "$4" | sed 's/"/\\\\"/g')" >> values ;;
  "env get-values") cat values; printf %s "$VALUES" ;;
  "env get-value") { cat values; printf %s "$VALUES"; } | grep "^$3=" | cut -d '"' -f 2 ;;
  "auth login"|"down "*|"env new"|"config set") ;;
  *) echo "ERROR: unknown command $*" >&2; exit 1 ;;
esac
`;

/** The command that renders is tested for itself; here it leaves what comes after it something to work on. */
const NPX = `
while [ $# -gt 0 ]; do [ "$1" = --out ] && out="$2"; shift; done
mkdir -p "$out/infra" && touch "$out/azure.yaml" "$out/infra/main.json"
`;

/** @param values what the deployment put out. */
export function runDocumented(t: TestContext, script: string, values: Readonly<Record<string, string>>): Ran {
  const lines = Object.entries(values).map(([name, value]) => `${name}="${value}"\n`);
  const programs = { azd: `touch values${AZD}`, az: '', npx: NPX, curl: '' };
  return runShell(t, script, { programs, env: { VALUES: lines.join('') }, copies: ['deploy'] });
}
