/** Parameters of the two templates, and the environment variables of azd that each is set by. */
import type { Setting, Settings } from '../arm/settings.ts';
import { MODELS, REGIONS } from './names.ts';

const COMMON: Settings = {
  environmentName: {
    parameter: { type: 'string', description: 'Name of the azd environment; names of resources are made from it.' },
    variable: 'AZURE_ENV_NAME',
  },
  location: {
    parameter: { type: 'string', description: 'Region of all but the models.', azd: { type: 'location' } },
    variable: 'AZURE_LOCATION',
  },
};

const PROVISIONED = ['ProvisionedManaged', 'DataZoneProvisionedManaged', 'GlobalProvisionedManaged'] as const;

export function gatewaySettings(instances: readonly unknown[] = REGIONS.map((region) => ({ region }))): Settings {
  return { ...COMMON, ...fleetSettings(instances), ...MODEL_SETTINGS, ...ACCESS_SETTINGS, ...RUNNING_SETTINGS };
}

function fleetSettings(instances: readonly unknown[]): Settings {
  return {
    openAiInstances: {
      parameter: {
        type: 'array',
        description: 'The Azure OpenAI resources: for each its region, and if it differs its name and deployments.',
      },
      variable: 'OPENAI_INSTANCES',
      fallback: JSON.stringify(instances),
    },
    deploymentCapacity: {
      parameter: { type: 'int', description: 'Of each deployment: thousands of tokens per minute.', min: 1 },
      variable: 'OPENAI_CAPACITY',
      fallback: '30',
    },
    deploymentType: {
      parameter: {
        type: 'string',
        description: 'Where requests may be processed, and by which quota: sku.name of the deployments.',
        allowed: ['GlobalStandard', 'DataZoneStandard', 'Standard'],
      },
      variable: 'OPENAI_DEPLOYMENT_TYPE',
      fallback: 'GlobalStandard',
    },
    ptuCapacity: {
      parameter: {
        type: 'int',
        description:
          'Provisioned units of a further chat deployment on the first resource, used before all others; 0: none.',
        min: 0,
      },
      variable: 'OPENAI_PTU',
      fallback: '0',
    },
    ptuType: {
      parameter: { type: 'string', description: 'The kind of these units.', allowed: PROVISIONED },
      variable: 'OPENAI_PTU_TYPE',
      fallback: 'ProvisionedManaged',
    },
  };
}

function textSetting(variable: string, fallback: string, description: string): Setting {
  return { parameter: { type: 'string', description }, variable, fallback };
}

function secretSetting(variable: string, description: string, fallback?: string): Setting {
  return {
    parameter: { type: 'securestring', description },
    variable,
    ...(fallback === undefined ? {} : { fallback }),
  };
}

const MODEL_SETTINGS: Settings = {
  chatModel: textSetting('OPENAI_CHAT_MODEL', MODELS.chat.name, 'Model of the deployment chat.'),
  chatModelVersion: textSetting('OPENAI_CHAT_MODEL_VERSION', MODELS.chat.version, 'Its version.'),
  embeddingModel: textSetting('OPENAI_EMBEDDING_MODEL', MODELS.embedding.name, 'Model of the deployment embedding.'),
  embeddingModelVersion: textSetting('OPENAI_EMBEDDING_MODEL_VERSION', MODELS.embedding.version, 'Its version.'),
};

const ACCESS_SETTINGS: Settings = {
  gatewayKey: secretSetting('GATEWAY_KEY', 'Key for clients that cannot sign in by Entra ID; a hook makes it.'),
  sealKey: secretSetting('GATEWAY_SEAL_KEY', 'Seals ids of responses and files; a hook makes it.'),
  principalId: textSetting('AZURE_PRINCIPAL_ID', '', 'Object id of who deploys; may use the gateway.'),
  gatewayPrincipals: textSetting(
    'GATEWAY_PRINCIPALS',
    '',
    'Object ids of others that may use it, identities of apps or people; between them commas.',
  ),
};

const RUNNING_SETTINGS: Settings = {
  idleMinutes: {
    parameter: {
      type: 'int',
      description:
        'Silence after which the ingress cuts a request. Above 4 it needs two machines of a dedicated profile, which cost.',
      min: 4,
      max: 30,
    },
    variable: 'GATEWAY_IDLE_MINUTES',
    fallback: '4',
  },
  replicasMax: {
    parameter: { type: 'int', description: 'Above 1 each replica learns of spent quota by itself.', min: 1, max: 30 },
    variable: 'GATEWAY_REPLICAS_MAX',
    fallback: '1',
  },
  isPrivate: {
    parameter: { type: 'bool', description: 'Models answer inside a virtual network alone.' },
    variable: 'GATEWAY_PRIVATE',
    fallback: 'false',
  },
  gatewayImage: textSetting('SERVICE_GATEWAY_IMAGE_NAME', '', 'Image that runs; azd sets it when it deploys.'),
};

export const CHAT_SETTINGS: Settings = {
  ...COMMON,
  openAiHost: textSetting('OPENAI_HOST', 'azure_custom', 'Where models are asked; azure_custom: a gateway.'),
  gatewayUrl: textSetting(
    'AZURE_OPENAI_CUSTOM_URL',
    '',
    'Address of the gateway: its CONTAINER_APP_URL, or APIM_GATEWAY_URL; empty: none yet, the app then finds passages and answers nothing.',
  ),
  gatewayKey: secretSetting(
    'AZURE_OPENAI_API_KEY_OVERRIDE',
    'Key of the gateway; without, the app signs in as itself.',
    '',
  ),
  chatModel: textSetting('AZURE_OPENAI_CHATGPT_MODEL', MODELS.chat.name, 'Model behind the deployment chat.'),
  users: secretSetting('SPILLWAY_CHAT_USERS', 'Who may come in, with hashes of passwords; a hook makes one.'),
  sessionKey: secretSetting('SPILLWAY_CHAT_SESSION_KEY', 'Signs cookies; a hook makes it.'),
  chatImage: textSetting('SERVICE_CHAT_IMAGE_NAME', '', 'Image that runs; azd sets it when it deploys.'),
};
