/** The fields of a deployment, as Azure's studio asks for them, each with its help. */
import { DEPLOYMENT_TYPES, knownModel, MODEL_NAMES } from '@spillway/protocol';
import { capacityHelp } from './capacity.ts';
import { Field } from './field.tsx';
import { typeText } from './format.ts';
import type { Order } from './order.ts';
import type { ResourceView } from './shapes.ts';

/** '' is the default of Azure: OnceNewDefaultVersionAvailable. */
const UPGRADES: ReadonlyArray<readonly [value: string, text: string]> = [
  ['', 'When there is a new default'],
  ['OnceCurrentVersionExpired', 'When it is retired'],
  ['NoAutoUpgrade', 'Never'],
];

export interface FieldsProps {
  readonly typed: Order;
  readonly set: (change: Partial<Order>) => void;
  readonly resource: ResourceView;
}

export function Fields({ typed, set, resource }: FieldsProps) {
  return (
    <div class="fields">
      <ModelFields typed={typed} set={set} resource={resource} />
      <CapacityFields typed={typed} set={set} resource={resource} />
    </div>
  );
}

function ModelFields({ typed, set, resource }: FieldsProps) {
  const { model, version, deployment, contentFilter } = typed;
  const published = knownModel(model)?.version ?? null;
  const exists = resource.deployments.some(({ name }) => name === (deployment.trim() || model.trim()));
  return (
    <>
      <Field label="Model" help="Any name; those of the table are offered.">
        {(ties) => (
          <>
            <input
              {...ties}
              list="models"
              value={model}
              onInput={({ currentTarget }) => set({ model: currentTarget.value })}
            />
            <datalist id="models">
              {MODEL_NAMES.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label="Model version" help={published === null ? 'Left empty: the default.' : `Left empty: ${published}.`}>
        {(ties) => (
          <input
            {...ties}
            value={version}
            placeholder={published ?? ''}
            onInput={({ currentTarget }) => set({ version: currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label="Deployment name"
        help={
          exists
            ? 'There is one of this name: it would be changed.'
            : 'What code calls it. Left empty: the model’s name.'
        }
        tone={exists ? 'warning' : 'plain'}
      >
        {(ties) => (
          <input
            {...ties}
            value={deployment}
            placeholder={model}
            onInput={({ currentTarget }) => set({ deployment: currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Content filter" help="A policy (raiPolicyName). Left empty: the default.">
        {(ties) => (
          <input
            {...ties}
            value={contentFilter}
            placeholder="Microsoft.DefaultV2"
            onInput={({ currentTarget }) => set({ contentFilter: currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}

function CapacityFields({ typed, set, resource }: FieldsProps) {
  const { model, type, capacity, upgrade, spillover } = typed;
  const help = capacityHelp(model, type, capacity);
  const provisioned = type.endsWith('ProvisionedManaged');
  const takers = resource.deployments.filter((each) => !each.type.endsWith('ProvisionedManaged'));
  return (
    <>
      <Field label="Deployment type" help={type}>
        {(ties) => (
          <select
            {...ties}
            value={type}
            onChange={({ currentTarget }) => set({ type: currentTarget.value, spillover: '' })}
          >
            {DEPLOYMENT_TYPES.map((each) => (
              <option key={each} value={each}>
                {typeText(each)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={help.label} help={help.text} tone={help.tone}>
        {(ties) => (
          <input
            {...ties}
            type="number"
            min="1"
            value={capacity}
            onInput={({ currentTarget }) => set({ capacity: currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Version upgrade" help="When Azure may replace the version by itself.">
        {(ties) => (
          <select {...ties} value={upgrade} onChange={({ currentTarget }) => set({ upgrade: currentTarget.value })}>
            {UPGRADES.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Spillover" help="Takes what a provisioned deployment refuses.">
        {(ties) => (
          <select
            {...ties}
            value={spillover}
            disabled={!provisioned}
            onChange={({ currentTarget }) => set({ spillover: currentTarget.value })}
          >
            <option value="">None</option>
            {takers.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
