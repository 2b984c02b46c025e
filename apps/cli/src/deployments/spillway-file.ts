/** A draft as `spillway.yaml`. Pure; keys are named, never fetched. */
import { plain } from '../lines.ts';
import { shellWord } from '../shell.ts';
import type { Draft, DraftAlias, DraftBackend, DraftDeployment } from './draft.ts';

export function spillwayFile(
  draft: Draft,
  origin: { readonly subscription: string; readonly isAzure: boolean },
): string {
  const deployments = draft.backends.flatMap((backend) => backend.deployments);
  return `${[
    ...comments('', [
      `What subscription ${origin.subscription} has: ${count(draft.backends.length, 'resource')}, ${count(deployments.length, 'deployment')}.`,
      'Written by spillway deployments discover; check it with: spillway check --connect --config FILE',
      ...draft.backends.flatMap((backend) => keyHint(backend, origin.isAzure)),
    ]),
    'backends:',
    ...draft.backends.flatMap(backendLines),
    ...comments('', leftOutText(draft.leftOut)),
    ...aliasLines(draft.aliases),
  ].join('\n')}\n`;
}

function keyHint({ keyVariable, account, resourceGroup }: DraftBackend, isAzure: boolean): readonly string[] {
  if (keyVariable === null) return [];
  const names = `--name ${shellWord(account)} --resource-group ${shellWord(resourceGroup)}`;
  return [
    isAzure
      ? `export ${keyVariable}="$(az cognitiveservices account keys list ${names} --query key1 --output tsv)"`
      : `export ${keyVariable}=…   the key of ${account}, as spillway simulate prints it`,
  ];
}

function backendLines(backend: DraftBackend): readonly string[] {
  const { keyVariable, region } = backend;
  return [
    `  - name: ${scalar(backend.name)}`,
    `    url: ${scalar(backend.url)}`,
    ...(keyVariable === null ? [] : [`    apiKey: \${${keyVariable}}`]),
    ...comments('    ', backend.signInNote === null ? [] : [backend.signInNote]),
    ...(region === null ? [] : [`    region: ${scalar(region)}`]),
    '    deployments:',
    ...backend.deployments.map(
      (each) => `      - ${flow(each)}${each.version === null ? '' : ` # version ${oneLine(each.version)}`}`,
    ),
    ...comments('      ', leftOutText(backend.leftOut)),
  ];
}

function flow({ name, model, type, capacity, priority }: DraftDeployment): string {
  const amount = capacity === null ? '' : `, capacity: ${capacity}`;
  return `{ name: ${scalar(name)}, model: ${scalar(model)}, type: ${type}${amount}, priority: ${priority} }`;
}

function aliasLines(aliases: readonly DraftAlias[]): readonly string[] {
  if (aliases.length === 0) return [];
  return [
    '# Deployments of one name run several models; say here which of them a client means.',
    'aliases:',
    ...aliases.map(
      ({ name, target, models }) => `  ${scalar(name)}: ${scalar(target)} # of ${oneLine(models.join(', '))}`,
    ),
  ];
}

function leftOutText(leftOut: readonly string[]): readonly string[] {
  return leftOut.length === 0 ? [] : ['Left out:', ...leftOut.map((each) => `  ${each}`)];
}

function comments(indent: string, lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${indent}# ${oneLine(line)}`);
}

/** What comes from elsewhere could end the comment; the ellipsis is ours. */
function oneLine(text: string): string {
  return text.split('…').map(plain).join('…');
}

/** As it is where YAML 1.2 reads it as the text that it is; else between quotes, of which those of JSON are some. */
function scalar(text: string): string {
  return PLAIN.test(text) && !MEANS_MORE.test(text) ? text : JSON.stringify(text);
}

const PLAIN = /^(?:[A-Za-z][A-Za-z0-9._-]*|https?:\/\/[A-Za-z0-9.-]+(?::\d+)?)$/;
const MEANS_MORE = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
