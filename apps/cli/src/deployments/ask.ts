/** What a deployment shall be, and the body that says so to Azure. Pure. */
import type { DeploymentPlace } from './place.ts';

/** Source: `DeploymentModelVersionUpgradeOption` of @azure/arm-cognitiveservices 8.1; wire reference §7.6. */
export const UPGRADE_OPTIONS = [
  'OnceNewDefaultVersionAvailable',
  'OnceCurrentVersionExpired',
  'NoAutoUpgrade',
] as const;
export type UpgradeOption = (typeof UPGRADE_OPTIONS)[number];

export interface DeploymentAsk {
  readonly place: DeploymentPlace;
  readonly model: {
    readonly format: string;
    /** In any case: Azure knows the model by it. */
    readonly name: string;
    /** null: Azure takes the model's default version. */
    readonly version: string | null;
  };
  readonly sku: {
    readonly name: string;
    /** PTUs, or thousands of tokens per minute; null: Azure takes its own default. */
    readonly capacity: number | null;
  };
  /** Content filter; null: Azure's default one. */
  readonly raiPolicyName: string | null;
  readonly versionUpgradeOption: UpgradeOption | null;
  readonly spilloverDeploymentName: string | null;
  /** null: not said. */
  readonly dynamicThrottlingEnabled: boolean | null;
}

/** Body of the PUT. What was not asked for is left out, so that Azure's defaults hold. */
export interface DeploymentBody {
  readonly sku: { readonly name: string; readonly capacity?: number };
  readonly properties: {
    readonly model: { readonly format: string; readonly name: string; readonly version?: string };
    readonly raiPolicyName?: string;
    readonly versionUpgradeOption?: UpgradeOption;
    readonly spilloverDeploymentName?: string;
    readonly dynamicThrottlingEnabled?: boolean;
  };
}

/** Source: wire reference §7.6. */
export function bodyOf(ask: DeploymentAsk): DeploymentBody {
  const { model, sku, raiPolicyName, versionUpgradeOption, spilloverDeploymentName, dynamicThrottlingEnabled } = ask;
  return {
    sku: { name: sku.name, ...(sku.capacity === null ? {} : { capacity: sku.capacity }) },
    properties: {
      model: { format: model.format, name: model.name, ...(model.version === null ? {} : { version: model.version }) },
      ...(raiPolicyName === null ? {} : { raiPolicyName }),
      ...(versionUpgradeOption === null ? {} : { versionUpgradeOption }),
      ...(spilloverDeploymentName === null ? {} : { spilloverDeploymentName }),
      ...(dynamicThrottlingEnabled === null ? {} : { dynamicThrottlingEnabled }),
    },
  };
}
