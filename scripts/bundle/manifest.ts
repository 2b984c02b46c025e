/** What makes a folder of scripts a package with a command. */

/** @param source the `package.json` of the command in the checkout. */
export function manifest(source: string): string {
  const { name, version, engines }: Readonly<Record<string, unknown>> = JSON.parse(source);
  const description = 'One endpoint in front of all the Azure OpenAI capacity a team owns.';
  const bin = { spillway: 'bin/spillway.mjs' };
  const keywords = ['azure', 'openai', 'gateway', 'load-balancer', 'simulator', 'benchmark'];
  const all = { name, version, description, keywords, license: 'MIT', type: 'module', bin, engines };
  return `${JSON.stringify(all, null, 2)}\n`;
}

const REPLACED: ReadonlyArray<readonly [before: string, after: string]> = [
  ['../src/main.ts', '../lib/main.mjs'],
  [', or run `npm ci` in the checkout, which brings one along.', '.'],
];

/** @param source the command's first script in the checkout; in the package the rest lies elsewhere. */
export function launcher(source: string): string {
  return REPLACED.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(`apps/cli/bin/spillway.mjs: does not hold ${before}`);
    return text.replaceAll(before, after);
  }, source);
}
