/**
 * A question to a Log Analytics workspace, in KQL. From one list come the files to paste, the tiles of the workbook, and what alert rules ask.
 * A query has no time range of its own: whoever runs it (portal, workbook, rule, `az monitor log-analytics query --timespan`) sets one.
 */

/** `gateway`: its own log lines. `platform`: of Container Apps. The others need diagnostic settings (docs/monitoring.md). */
export type Source = 'gateway' | 'platform' | 'azureOpenAi' | 'apiManagement';

export interface Query {
  /** Of its file, without ending. */
  readonly name: string;
  /** What it answers, in one line. */
  readonly title: string;
  /** What a reader has to know to take the figures for what they are; lines of the file's comment. */
  readonly notes: readonly string[];
  readonly source: Source;
  /** How the workbook draws it; null: it is not in the workbook. */
  readonly shown: 'timechart' | 'table' | null;
  /** Ends with a newline. */
  readonly text: string;
}

/** The file: what it answers, then the query. */
export function kqlFile({ title, notes, text }: Query): string {
  return `${[title, ...notes].map((line) => `// ${line}\n`).join('')}${text}`;
}

/** What a log line of the gateway says under `event`. */
export type GatewayEvent = 'exchange' | 'attempt' | 'throttled' | 'breaker' | 'operatorProblem';

/**
 * Both tables are read, since which one there is depends on where the environment sends its logs: `azure-monitor`, as our template has it, fills
 * the first, `log-analytics` the second. `isfuzzy` lets the missing one pass.
 * Source: Microsoft Learn, "Azure Monitor Logs reference: ContainerAppConsoleLogs", and "Log storage and monitoring options in Azure Container
 * Apps", read 2026-11-21.
 */
export const LINES = `let lines = union isfuzzy=true
    (ContainerAppConsoleLogs | project TimeGenerated, Line = Log),
    (ContainerAppConsoleLogs_CL | project TimeGenerated, Line = Log_s);
`;

/** A line is the record, or has it behind text for people. */
export const RECORD = `parse_json(substring(Line, indexof(Line, '{"level":')))`;

/** Lines of one kind, each with its fields in `record`. The first filter spares the parsing of all others. */
export const linesOf = (event: GatewayEvent): string => `lines
| where Line has '"event":"${event}"'
| extend record = ${RECORD}
`;

/** What queries on whole requests, and on single tries, begin with. */
export const EXCHANGES = `${LINES}${linesOf('exchange')}`;
export const ATTEMPTS = `${LINES}${linesOf('attempt')}`;
