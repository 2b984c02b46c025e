/** The flags of the commands about deployments: those of `az cognitiveservices account deployment`, and ours. */
import { InvalidArgumentError, Option } from 'commander';
import { UsedWrongly } from '../exit.ts';
import { notEmpty } from '../flags.ts';
import { UPGRADE_OPTIONS, type UpgradeOption } from './ask.ts';
import type { Auth } from './draft.ts';
import type { Language } from './print/print.ts';
import { PRINTED, PRINTED_REQUESTS } from './print/request.ts';

export interface CommonFlags {
  readonly resourceGroup?: string;
  readonly subscription?: string;
  readonly endpoint?: string;
  readonly json?: boolean;
}

export interface ListFlags extends CommonFlags {
  readonly name?: string;
  readonly print?: Language;
}

export interface ShowFlags extends ListFlags {
  readonly deploymentName?: string;
}

export interface DeleteFlags extends ShowFlags {
  readonly wait?: boolean;
}

export interface CreateFlags extends DeleteFlags {
  readonly modelName?: string;
  readonly modelVersion?: string;
  readonly modelFormat: string;
  readonly skuName?: string;
  readonly skuCapacity?: number;
  readonly raiPolicyName?: string;
  readonly versionUpgradeOption?: UpgradeOption;
  readonly spilloverDeploymentName?: string;
  readonly dynamicThrottling?: boolean;
}

export interface DiscoverFlags extends CommonFlags {
  readonly auth: Auth;
  readonly out?: string;
  readonly force?: boolean;
}

const text = (flags: string, description: string) => new Option(flags, description).argParser(notEmpty);

/** Of a command that asks the control plane. */
export function commonOptions(): readonly Option[] {
  return [
    text('--subscription <id>', 'default: AZURE_SUBSCRIPTION_ID; of a simulator: simulated'),
    text('--endpoint <url>', 'http://127.0.0.1:9000 for a simulator (default: Azure, signed in as by az login)'),
    new Option('--json', 'print what the control plane answers, as JSON'),
  ];
}

export function accountOptions(): readonly Option[] {
  return [
    text('-n, --name <resource>', 'name of the Azure OpenAI resource'),
    text('-g, --resource-group <group>', 'its resource group; of a simulator: simulated, unless it was told otherwise'),
  ];
}

export function deploymentOption(): Option {
  return text('--deployment-name <name>', 'name of the deployment, which clients ask for');
}

export function modelOptions(): readonly Option[] {
  return [
    text('--model-name <name>', 'for example gpt-4o; in any case'),
    text('--model-version <version>', "for example 2024-11-20 (default: the model's own default)"),
    text('--model-format <format>', 'whose model it is').default('OpenAI'),
    text('--sku, --sku-name <type>', 'Standard, GlobalStandard, DataZoneStandard, ProvisionedManaged, …'),
    new Option(
      '--capacity, --sku-capacity <units>',
      'PTUs, or thousands of tokens per minute (default: what Azure gives)',
    ).argParser(capacity),
    text('--rai-policy-name <name>', 'content filter (default: that of Azure)'),
    new Option('--version-upgrade-option <when>', 'when Azure moves it to another version').choices(UPGRADE_OPTIONS),
    text(
      '--spillover-name, --spillover-deployment-name <name>',
      'Standard deployment that takes what provisioned capacity cannot',
    ),
    new Option('--dynamic-throttling', 'dynamic quota: more than the quota where Azure has room'),
  ];
}

export function waitOptions(): readonly Option[] {
  return [
    new Option('--wait', 'until it is done').default(true),
    new Option('--no-wait', 'until Azure has taken it on; show tells how far it is'),
  ];
}

export function printOption(kind: 'create' | 'other'): Option {
  const choices = kind === 'create' ? PRINTED : PRINTED_REQUESTS;
  return new Option('--print <language>', 'send nothing; write the equivalent').choices(choices);
}

export function discoverOptions(): readonly Option[] {
  return [
    text('-g, --resource-group <group>', 'this one alone (default: the whole subscription)'),
    new Option('--auth <how>', 'how the gateway shall sign in').choices(['key', 'entra']).default('key'),
    text('--out <file>', 'write there (default: standard output)'),
    new Option('--force', 'write over a file that is there'),
  ];
}

/** Far above any quota; what is too much, Azure says better. */
const CAPACITY_MAX = 1_000_000;

function capacity(given: string): number {
  const value = /^\d{1,7}$/.test(given.trim()) ? Number(given) : Number.NaN;
  if (value >= 1 && value <= CAPACITY_MAX) return value;
  throw new InvalidArgumentError(
    `It is not a whole number from 1 to ${CAPACITY_MAX}; give PTUs, or thousands of tokens per minute.`,
  );
}

const PLAIN = '64 letters, digits, ".", "_" and "-", a letter or digit first';

/** Which resources Azure can have; what is no name at all is told before anything is sent. Source: wire reference §7.6. */
const RULES = {
  name: {
    flag: '--name',
    what: 'the Azure OpenAI resource',
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{1,63}$/,
    rule: `2 to ${PLAIN}`,
  },
  resourceGroup: {
    flag: '--resource-group',
    what: 'its resource group',
    pattern: /^[\p{L}\p{N}_().-]{1,90}$/u,
    rule: 'up to 90 letters, digits, ".", "_", "-" and parentheses',
  },
  deploymentName: {
    flag: '--deployment-name',
    what: 'the deployment',
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    rule: `up to ${PLAIN}`,
  },
  modelName: {
    flag: '--model-name',
    what: 'the model, for example gpt-4o',
    pattern: /^\S{1,128}$/,
    rule: 'up to 128 characters without a space',
  },
  skuName: {
    flag: '--sku-name',
    what: 'the type, for example ProvisionedManaged',
    pattern: /^\w{1,64}$/,
    rule: 'one that --help lists',
  },
} as const;

type Needed = keyof typeof RULES;

/** Flags that must be there; all that is wrong is told at once. @throws UsedWrongly */
export function assertGiven<F extends { readonly [name in Needed]?: string }, K extends Needed>(
  flags: F,
  names: readonly K[],
): asserts flags is F & Readonly<Record<K, string>> {
  const problems = names.flatMap((name) => problemOf(name, flags[name]));
  if (problems.length > 0) throw new UsedWrongly(problems.join('\nerror: '));
}

function problemOf(name: Needed, value: string | undefined): readonly string[] {
  const { flag, what, pattern, rule } = RULES[name];
  const twin = `SPILLWAY_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`;
  if (value === undefined) return [`${flag} is not given: ${what}; add it, or set ${twin}`];
  return pattern.test(value) ? [] : [`${flag} ${JSON.stringify(value)} is not a name; use ${rule}`];
}
