/** Writes the equivalent of a command in another language, and how that is used; nothing is sent. Pure. */
import type { DeploymentAsk } from '../ask.ts';
import { armTemplateText } from './arm-template.ts';
import { azText } from './az.ts';
import { bicepText } from './bicep.ts';
import { shellWord } from './quote.ts';
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
  if (language === 'az') return { text: azText(doing, target), usage: null };
  if (language === 'rest') return { text: restText(doing, target), usage: null };
  if (doing.kind !== 'create') throw new Error(`${language} describes what shall be; ${doing.kind} has no such form`);
  return described(doing.ask, language, target);
}

function described(ask: DeploymentAsk, language: 'arm' | 'bicep' | 'terraform', target: PrintTarget): Printed {
  switch (language) {
    case 'arm':
      return { text: armTemplateText(ask), usage: groupDeployment(ask, 'deployment.json') };
    case 'bicep':
      return { text: bicepText(ask), usage: groupDeployment(ask, 'deployment.bicep') };
    case 'terraform':
      return { text: terraformText(ask, target), usage: 'save it as main.tf, then: terraform init && terraform apply' };
  }
}

function groupDeployment({ place }: DeploymentAsk, file: string): string {
  return `save it as ${file}, then: az deployment group create --resource-group ${shellWord(place.resourceGroup)} --template-file ${file}`;
}
