/**
 * What Azure Monitor refuses, in its words where they are known: "Failed to find metric configuration…", "…does not support requested
 * dimension combination…", "Invalid time grain duration…", "Requested metrics count…" were seen in public issues; what a comment calls
 * a guess is ours.
 */

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export const NAMESPACE = 'Microsoft.CognitiveServices/accounts';
const [PROVIDER, TYPE] = NAMESPACE.split('/');

export function badRequest(message: string): Refusal {
  return { status: 400, code: 'BadRequest', message };
}

export function unknownMetric(name: string, known: readonly string[]): Refusal {
  return badRequest(
    `Failed to find metric configuration for provider: ${PROVIDER}, resource Type: ${TYPE}, metric: ${name}, Valid metrics: ${known.join(',')}`,
  );
}

export function unknownDimensions(metric: string, wrong: readonly string[], known: readonly string[]): Refusal {
  return badRequest(
    `Metric: ${metric} does not support requested dimension combination: ${wrong.join(',')}, supported ones are: ${known.join(',')}`,
  );
}

export function unknownGrain(text: string): Refusal {
  const known = '00:01:00,00:05:00,00:15:00,00:30:00,01:00:00,06:00:00,12:00:00,1.00:00:00';
  return badRequest(`Invalid time grain duration: ${text}, supported ones are: ${known}`);
}

export function tooManyMetrics(count: number, max: number): Refusal {
  return badRequest(`Requested metrics count: ${count} bigger than allowed max: ${max}`);
}

/** A guess. */
export function tooManyPoints(count: number, max: number): Refusal {
  return badRequest(
    `Requested data points: ${count} bigger than allowed max: ${max}; ask for a shorter time span or a larger interval`,
  );
}

export function unknownNamespace(name: string): Refusal {
  return badRequest(`${name} is not a supported platform metric namespace, supported ones are ${NAMESPACE}`);
}

/** As Azure Resource Manager says it. */
export function unknownAccount(resourceGroup: string, name: string): Refusal {
  const message = `The Resource '${NAMESPACE}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return { status: 404, code: 'ResourceNotFound', message };
}

export const NO_API_VERSION: Refusal = {
  status: 400,
  code: 'MissingApiVersionParameter',
  message: 'The api-version query parameter (?api-version=) is required for all requests.',
};
