/** What the gateway's own log lines tell: tokens, latency, errors. Fields: docs/operations.md, "Logs". */
import { ATTEMPTS, EXCHANGES, LINES, linesOf, type Query, RECORD } from './query.ts';

const UNKNOWN_TOKENS =
  'Answers that did not say their usage are missing: streams do so only if asked to (usage.includeUsage).';

const tokens: readonly Query[] = [
  {
    name: 'tokens-per-minute',
    title: 'Tokens per minute of each deployment, prompt and answer together.',
    notes: ['Hold it against the quota of the deployment.', UNKNOWN_TOKENS],
    source: 'gateway',
    shown: 'timechart',
    text: `${EXCHANGES}| where isnotempty(tostring(record.promptTokens))
| extend tokens = tolong(record.promptTokens) + coalesce(tolong(record.completionTokens), 0)
| summarize tokens = sum(tokens) by bin(TimeGenerated, 1m), deployment = tostring(record.deployment)
| order by TimeGenerated asc
`,
  },
  {
    name: 'tokens-by-client',
    title: 'Tokens of each client, by model and deployment.',
    notes: [
      'Cached tokens are part of the prompt, reasoning tokens of the answer: do not add them up.',
      'estimated: requests whose tokens are a guess from bytes.',
      UNKNOWN_TOKENS,
    ],
    source: 'gateway',
    shown: 'table',
    text: `${EXCHANGES}| where isnotempty(tostring(record.promptTokens))
| summarize
    requests = count(),
    promptTokens = sum(tolong(record.promptTokens)),
    cachedTokens = sum(tolong(record.cachedTokens)),
    completionTokens = sum(tolong(record.completionTokens)),
    reasoningTokens = sum(tolong(record.reasoningTokens)),
    estimated = countif(tobool(record.usageEstimated))
    by client = tostring(record.client), model = tostring(record.model), deployment = tostring(record.deployment)
| order by promptTokens + completionTokens desc
`,
  },
];

const latency: readonly Query[] = [
  {
    name: 'latency',
    title: 'Time to the first byte and to the end, by model and kind of answer. Milliseconds.',
    notes: [
      'A stream is held until its first content, so its first byte is its first word; any other answer is held until it is whole.',
      'Waits for quota are part of both. Whole good answers of deployments alone.',
    ],
    source: 'gateway',
    shown: 'table',
    text: `${EXCHANGES}| where toint(record.status) < 400 and tostring(record.ending) == "whole" and isnotempty(tostring(record.deployment))
| extend firstMs = toreal(record.ttfbMs), wholeMs = toreal(record.durationMs)
| summarize
    requests = count(),
    firstP50 = percentile(firstMs, 50),
    firstP95 = percentile(firstMs, 95),
    firstP99 = percentile(firstMs, 99),
    wholeP50 = percentile(wholeMs, 50),
    wholeP95 = percentile(wholeMs, 95),
    wholeP99 = percentile(wholeMs, 99)
    by operation = tostring(record.operation), model = tostring(record.model), streamed = tobool(record.streamed)
| order by requests desc
`,
  },
  {
    name: 'latency-by-deployment',
    title:
      'Time from an attempt to the head of its answer, by deployment: 95th percentile in five minutes. Milliseconds.',
    notes: ['Good answers alone: what Azure took, without waits and other tries.'],
    source: 'gateway',
    shown: 'timechart',
    text: `${ATTEMPTS}| where tostring(record.outcome) == "answered" and isnotempty(tostring(record.headMs))
| summarize headP95 = percentile(toreal(record.headMs), 95) by bin(TimeGenerated, 5m), deployment = tostring(record.deployment)
| order by TimeGenerated asc
`,
  },
];

const errors: readonly Query[] = [
  {
    name: 'failures-of-clients',
    title: 'What clients got that was no good answer, 429 aside: by status and ending.',
    notes: [
      'answeredBy is empty where the gateway answered itself; its own statuses are listed in docs/operations.md, "Errors".',
      'cut: broken off after the answer had begun. 499 and clientGone: the client left first.',
    ],
    source: 'gateway',
    shown: 'table',
    text: `${EXCHANGES}| extend status = toint(record.status), ending = tostring(record.ending)
| where (status >= 400 and status != 429) or ending != "whole"
| summarize requests = count(), lastSeen = max(TimeGenerated), example = take_any(tostring(record.requestId))
    by status, ending, answeredBy = tostring(record.deployment), client = tostring(record.client)
| order by requests desc
`,
  },
  {
    name: 'failures-of-deployments',
    title: 'Attempts that failed, by class of failure and deployment.',
    notes: ['Most of them are hidden from clients by failover; 429s (throttled) are among them.'],
    source: 'gateway',
    shown: 'table',
    text: `${ATTEMPTS}| extend outcome = tostring(record.outcome)
| where outcome !in ("answered", "clientGone", "outpaced")
| summarize attempts = count(), lastSeen = max(TimeGenerated), example = take_any(tostring(record.requestId))
    by outcome, deployment = tostring(record.deployment), status = toint(record.status)
| order by attempts desc
`,
  },
  {
    name: 'operator-problems',
    title: 'What only you can mend: credentials, roles, firewalls, deployments that are not there.',
    notes: ['Failover may hide them from clients. Each is logged once a minute at most.'],
    source: 'gateway',
    shown: 'table',
    text: `${LINES}${linesOf('operatorProblem')}| summarize times = count(), (lastSeen, message) = arg_max(TimeGenerated, tostring(record.msg)) by subject = tostring(record.subject)
| order by lastSeen desc
`,
  },
  {
    name: 'breakers',
    title: 'When breakers of deployments and backends opened and closed.',
    notes: ['Between open and closed nothing but single probes was sent there.'],
    source: 'gateway',
    shown: 'table',
    text: `${LINES}${linesOf('breaker')}| project TimeGenerated, scope = tostring(record.scope), name = tostring(record.name), state = tostring(record.state), message = tostring(record.msg)
| order by TimeGenerated desc
`,
  },
  {
    name: 'one-request',
    title: 'All that was logged of one request.',
    notes: ['Put the x-spillway-request-id of its answer into the first line.'],
    source: 'gateway',
    shown: null,
    text: `let requestId = "00000000-0000-0000-0000-000000000000";
${LINES}lines
| where Line has requestId
| extend record = ${RECORD}
| project TimeGenerated, level = tostring(record.level), message = tostring(record.msg)
| order by TimeGenerated asc
`,
  },
];

export const GATEWAY_QUERIES: readonly Query[] = [...tokens, ...latency, ...errors];
