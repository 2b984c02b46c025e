/** Documents that are made from code, so that they cannot say other than what it does. To add one, add a line. */
import { settingsReference } from '@spillway/chat';
import { configReference, jsonSchema } from '@spillway/config';
import { metricsReference } from '@spillway/gateway';
import { labGuide, scenarioJsonSchema, scenarioReference } from '@spillway/planner';
import { simulatorJsonSchema, simulatorReference } from '@spillway/simulator';

export interface GeneratedDocument {
  /** Below the root of the repository. */
  readonly path: string;
  content(): string;
}

export const DOCUMENTS: readonly GeneratedDocument[] = [
  { path: 'docs/config.md', content: configReference },
  { path: 'docs/spillway.schema.json', content: () => `${JSON.stringify(jsonSchema(), null, 2)}\n` },
  { path: 'docs/metrics.md', content: metricsReference },
  { path: 'docs/chat-settings.md', content: settingsReference },
  { path: 'docs/simulator.md', content: simulatorReference },
  { path: 'docs/simulator.schema.json', content: () => `${JSON.stringify(simulatorJsonSchema(), null, 2)}\n` },
  { path: 'docs/lab-scenarios.md', content: scenarioReference },
  { path: 'docs/lab-scenarios.schema.json', content: () => `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n` },
  { path: 'docs/lab.md', content: labGuide },
];
