/** Plans capacity before it is bought, and proves the gateway's decisions: policy against azure-model under virtual time. */
export { figuresOf } from './lab/figures.ts';
export { isOverLimit } from './lab/over-limit.ts';
export { run } from './lab/run.ts';
export { scenarioFromYaml } from './lab/scenario.ts';
export { readScenarioFile, shippedNames, shippedScenario } from './lab/scenario-file.ts';
export { scenarioReference } from './lab/scenario-reference.ts';
export { scenarioJsonSchema } from './lab/scenario-schema.ts';
export { traceOf } from './lab/traffic.ts';
export type { Arrival, Draw, Fate, LabDeployment, LabFault, RunSpec, Scenario } from './lab/types.ts';
export { FIGURE_KINDS } from './report/figures.ts';
export { labGuide } from './report/guide.ts';
export { labJson, type RunLabOptions, runLab } from './report/lab.ts';
export { pageOf, svgOf } from './report/page.ts';
export type { FigureId, FigureKind, LabView, PromiseView, ScenarioView, Spread, StrategyView } from './report/view.ts';
