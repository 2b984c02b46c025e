export { Failures } from './advice.ts';
export type { CallClass, CallResult } from './drive/call.ts';
export { CredentialError } from './drive/credential.ts';
export { RunError } from './drive/pool.ts';
export { type Intended, planOf } from './load/plan.ts';
export { ReplayError, recordedOf, traceOf } from './load/replay.ts';
export { SHAPES } from './load/shapes.ts';
export { tokenizerFor } from './load/tokenizer.ts';
export { Problems, readNumber, yesOrNo } from './load/words-of.ts';
export { CHANCE, type Difference, differences } from './measure/difference.ts';
export type { Line, MonitorView, RunReport, SeriesPoint, Spread, TargetSummary } from './measure/report.ts';
export { brokenBy, FIGURES, type Threshold, ThresholdError, thresholdOf } from './measure/threshold.ts';
export { modeOf, responsesNotes } from './mode.ts';
export { authorizationOf, fetchMetrics } from './monitor/fetch-metrics.ts';
export { type Monitor, type MonitorAsk, monitorOf } from './monitor/monitor.ts';
export { type LoadFlags, readLoad } from './options.ts';
export { AncestorLog, argumentsOf, logName } from './print/ancestor-log.ts';
export { CALLS_HEAD, callRow } from './print/calls-csv.ts';
export {
  type ExtractionPoint,
  type LogAsk,
  type Row,
  type RowsRead,
  rowOfLog,
  rowsOfReport,
  tableOf,
} from './print/combine.ts';
export { comparisonLines, worseBy } from './print/comparison.ts';
export { contentLine } from './print/contents.ts';
export { rowsIn } from './print/csv.ts';
export { type Forecast, forecastOf, forecastText, type Quota } from './print/forecast.ts';
export { lineText, reportText } from './print/human.ts';
export { LIVE_SECONDS, type LiveSecond, LiveTally, type LiveView } from './print/live.ts';
export { type Demands, pageOf } from './print/page.ts';
export { ReportError, reportOf } from './print/read-report.ts';
export { samplesOf } from './print/samples.ts';
export { millisecondsText, numberText, percentText, secondsText, withoutSecrets } from './print/words.ts';
export { type LoadRun, type Prices, type Progress, startLoad } from './run.ts';
export type * from './spec.ts';
