/** Writes the equivalent of a command in another language, and how that is used; nothing is sent. Pure. */

import { shellWord } from '../../shell.ts';
import type { DeploymentAsk } from '../ask.ts';
import { armTemplateText } from './arm-template.ts';
import { azText } from './az.ts';
import { bicepText } from './bicep.ts';
import type { Doing, PRINTED, PrintTarget } from './request.ts';
import { restText } from './rest.ts';
import { terraformText } from './terraform.ts';

export type Language = (typeof PRINTED)[number];

export interface Printed {
  readonly text: string;
  /** How it is used, where that is not plain from the text. */
  readonly usage: string | null;
}

export function printed(doing: Doing, language: Language, target: PrintTarget): Printed {
  const { text, usage } = written(doing, language, target);
  // A request alone can be addressed to a simulator.
  const speaksToAzure = language !== 'rest' && !target.endpoint.isAzure;
  const notes = [...(speaksToAzure ? [forAzure(target)] : []), ...(usage === null ? [] : [usage])];
  return { text, usage: notes.length === 0 ? null : notes.join('\n') };
}

function forAzure({ endpoint }: PrintTarget): string {
  return `this is for Azure and leaves --endpoint ${endpoint.url} out; --print rest writes a request to the simulator`;
}

function written(doing: Doing, language: Language, target: PrintTarget): Printed {
  if (language === 'az') return { text: azText(doing, target), usage: null };
  if (language === 'rest') return { text: restText(doing, target), usage: null };
  if (doing.kind !== 'create') throw new Error(`${language} describes what shall be; ${doing.kind} has no such form`);
  return described(doing.ask, language, target);
}

function described(ask: DeploymentAsk, language: 'arm' | 'bicep' | 'terraform', target: PrintTarget): Printed {
  switch (language) {
    case 'arm':
      return { text: armTemplateText(ask), usage: groupDeployment(ask, 'deployment.json', target) };
    case 'bicep':
      return { text: bicepText(ask), usage: groupDeployment(ask, 'deployment.bicep', target) };
    case 'terraform':
      return { text: terraformText(ask, target), usage: terraformUsage(target) };
  }
}

function groupDeployment({ place }: DeploymentAsk, file: string, { subscription }: PrintTarget): string {
  const where = `--resource-group ${shellWord(place.resourceGroup)}${subscription === null ? '' : ` --subscription ${shellWord(subscription)}`}`;
  return `save it as ${file}, then: az deployment group create ${where} --template-file ${file}`;
}

/** azurerm 4 takes no subscription from `az login`, and refuses to plan without one. */
function terraformUsage({ subscription }: PrintTarget): string {
  const id = 'export ARM_SUBSCRIPTION_ID="$(az account show --query id --output tsv)" && ';
  return `save it as main.tf, then: ${subscription === null ? id : ''}terraform init && terraform apply`;
}
