/** The values that a series is told apart by, in Azure's words. */
import type { DimensionName } from './catalogue.ts';
import type { Dimensions } from './tally.ts';

/** What a resource adds to what its meter knows. */
export interface Place {
  /** As Azure shows it: `East US`. */
  readonly region: string;
}

/** @param dimensions of utilisation there are fewer than of requests: only those that its definition lists are asked for. */
export function dimensionValue(dimensions: Partial<Dimensions>, { region }: Place, name: DimensionName): string {
  switch (name) {
    case 'ApiName':
      // The form is a guess, after what diagnostic logs call `apiName`.
      return `Azure OpenAI API version ${dimensions.apiVersion ?? ''}`;
    case 'OperationName':
      return dimensions.operation ?? '';
    case 'Region':
      return region;
    case 'StreamType':
      return streamType(dimensions.streaming ?? false);
    case 'ModelDeploymentName':
      return dimensions.deployment ?? '';
    case 'ModelName':
      return dimensions.model ?? '';
    case 'ModelVersion':
      return dimensions.version ?? '';
    case 'StatusCode':
      return String(dimensions.status ?? '');
    case 'IsSpillover':
      return dimensions.spilled ? 'True' : 'False';
    // Nothing here is served in another tier. The words of the API; those of the metric are not published.
    case 'ServiceTierRequest':
      return 'auto';
    case 'ServiceTierResponse':
      return 'default';
    // Azure publishes neither meaning nor values of these two.
    case 'FeatureName':
    case 'UsageChannel':
      return 'Unknown';
  }
}

/** As diagnostic logs have it. */
function streamType(streaming: boolean): string {
  return streaming ? 'Streaming' : 'Non-Streaming';
}
