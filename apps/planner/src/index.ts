/** Plans capacity before it is bought, and proves the gateway's decisions: policy against azure-model under virtual time. */
export type { Workload } from './capacity/demand.ts';
export { type Place, STANDARD_TYPE } from './capacity/formulas.ts';
export { Meter } from './capacity/meter.ts';
export {
  type ChosenModel,
  chooseModel,
  FIGURE_SETS,
  type FigureSet,
  type FiguresGiven,
  type ListedModel,
  listModels,
} from './capacity/model-choice.ts';
export { capacityPage } from './capacity/page.ts';
export {
  capacityJson,
  isNothing,
  type MeasuredTraffic,
  type PlanAsk,
  planCapacity,
} from './capacity/plan.ts';
export { readTraffic, TRAFFIC_FORMATS, type TrafficFormat } from './capacity/read-traffic.ts';
export { type Shape, shapeFrom } from './capacity/shape.ts';
export { CSV_COLUMNS, type CsvColumn } from './capacity/traffic-record.ts';
export { ARRIVALS, type ArrivalKind } from './capacity/trial.ts';
export type { CapacityPlan, CostView, PlanView } from './capacity/view.ts';
export { figuresOf } from './lab/figures.ts';
export { isOverLimit } from './lab/over-limit.ts';
export { strategiesNeeded } from './lab/promises.ts';
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
export { measuredTable } from './report/measured-table.ts';
export { pageOf, svgOf } from './report/page.ts';
export { partlyChecked, SEEDS_PROMISED } from './report/partly.ts';
export type {
  FigureId,
  FigureKind,
  LabView,
  PromiseSpread,
  PromiseView,
  ScenarioView,
  Spread,
  StrategyView,
} from './report/view.ts';
