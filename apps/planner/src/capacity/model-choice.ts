/** Which model is planned, and with which figures: those of the table, of an older table, or given by hand. */
import { didYouMean } from '@spillway/config';
import {
  knownModel,
  MODEL_NAMES,
  type ModelFacts,
  modelFacts,
  OUTPUT_WEIGHT_ASSUMED,
  PROVISIONED_FIGURES_OF_2024,
  type ProvisionedFigures,
  type UnitSteps,
} from '@spillway/protocol';

export const FIGURE_SETS = ['2026', '2024'] as const;
export type FigureSet = (typeof FIGURE_SETS)[number];

/** What is given by hand goes before the table. */
export interface FiguresGiven {
  readonly set: FigureSet;
  readonly inputTokensPerMinutePerUnit?: number;
  readonly outputWeight?: number;
  readonly unitsMin?: number;
  readonly unitsStep?: number;
}

export interface ChosenModel {
  readonly facts: ModelFacts;
  /** Where the figures are from: one sentence. */
  readonly origin: string;
  /** Why PTUs cannot be told, and the way out: no figures are published, and none given. null: they can. */
  readonly missing: string | null;
}

export type ModelChoice = ChosenModel | { readonly problem: string };

export function chooseModel(name: string, given: FiguresGiven): ModelChoice {
  const known = knownModel(name);
  const problem = problemWith(name, known, given);
  if (problem !== null) return { problem };
  const facts = known ?? modelFacts(name);
  const dated = given.set === '2024' ? PROVISIONED_FIGURES_OF_2024.get(facts.name) : undefined;
  const table = dated ?? facts.provisioned;
  return {
    facts: { ...facts, provisioned: withGiven(table, given) },
    origin: originOf(facts.name, table, given),
    missing: table.asOf === null && !isByHand(given) ? missingText(facts.name) : null,
  };
}

const BY_HAND = '--input-tpm-per-ptu and --output-weight (and --min, --increment) give them by hand';

function problemWith(name: string, known: ModelFacts | null, given: FiguresGiven): string | null {
  if (isByHand(given)) return null;
  if (known === null) {
    const names = listModels('2026').map(({ model }) => model);
    const near = didYouMean(name, names, 'spillway plan capacity --list-models').replace('?', '');
    return `--model ${name} is not in the table of models: ${near}; or ${BY_HAND}`;
  }
  if (given.set === '2024' && !PROVISIONED_FIGURES_OF_2024.has(known.name)) {
    const names = [...PROVISIONED_FIGURES_OF_2024.keys()].join(' and ');
    return `--figures 2024 has ${names} alone, not ${known.name}; leave --figures out`;
  }
  // Standard quota and pay-as-you-go need none. Half of them is a mistake.
  if (known.provisioned.asOf !== null || !isAnyGiven(given)) return null;
  return `--model ${missingText(known.name)}; give --input-tpm-per-ptu and --output-weight both, or none of these`;
}

function isByHand({ inputTokensPerMinutePerUnit, outputWeight }: FiguresGiven): boolean {
  return inputTokensPerMinutePerUnit !== undefined && outputWeight !== undefined;
}

function isAnyGiven({ set: _, ...values }: FiguresGiven): boolean {
  return Object.values(values).some((value) => value !== undefined);
}

function missingText(name: string): string {
  return `${name}: no PTU figures of it are published; ${BY_HAND}`;
}

function withGiven(table: ProvisionedFigures, given: FiguresGiven): ProvisionedFigures {
  const steps = (of: UnitSteps | null): UnitSteps | null => {
    if (given.unitsMin === undefined && given.unitsStep === undefined) return of;
    return { min: given.unitsMin ?? of?.min ?? given.unitsStep ?? 1, step: given.unitsStep ?? of?.step ?? 1 };
  };
  return {
    ...table,
    inputTokensPerMinutePerUnit: given.inputTokensPerMinutePerUnit ?? table.inputTokensPerMinutePerUnit,
    outputWeight: given.outputWeight ?? table.outputWeight,
    global: steps(table.global),
    regional: steps(table.regional),
  };
}

function originOf(name: string, { asOf }: ProvisionedFigures, given: FiguresGiven): string {
  if (asOf === null) return isByHand(given) ? 'given by hand' : 'none published';
  const source = `Microsoft Learn, provisioned throughput sizing, ${asOf}`;
  const weight = given.outputWeight === undefined && OUTPUT_WEIGHT_ASSUMED.has(name) ? '; output weight assumed' : '';
  return `${source}${isAnyGiven(given) ? ', and given by hand' : ''}${weight}`;
}

/** A row of `--list-models`. */
export interface ListedModel {
  readonly model: string;
  readonly inputTokensPerMinutePerUnit: number;
  readonly outputWeight: number;
  readonly global: UnitSteps | null;
  readonly regional: UnitSteps | null;
  readonly asOf: string;
  readonly isWeightAssumed: boolean;
}

/** Those of which PTU figures are published. */
export function listModels(set: FigureSet): readonly ListedModel[] {
  const tables: ReadonlyArray<readonly [string, ProvisionedFigures]> =
    set === '2024'
      ? [...PROVISIONED_FIGURES_OF_2024]
      : MODEL_NAMES.map((name) => [name, modelFacts(name).provisioned] as const);
  return tables.flatMap(([model, { inputTokensPerMinutePerUnit, outputWeight, global, regional, asOf }]) =>
    asOf === null
      ? []
      : [
          {
            model,
            inputTokensPerMinutePerUnit,
            outputWeight,
            global,
            regional,
            asOf,
            isWeightAssumed: OUTPUT_WEIGHT_ASSUMED.has(model),
          },
        ],
  );
}
