/** What the gateway's own log lines tell of quota: who was refused, who waited, what failover and spillover hid. */
import { ATTEMPTS, EXCHANGES, LINES, linesOf, type Query } from './query.ts';

export const QUOTA_QUERIES: readonly Query[] = [
  {
    name: 'throttling-of-clients',
    title: 'Share of requests that ended with 429 for the client, by minute. Percent.',
    notes: [],
    source: 'gateway',
    shown: 'timechart',
    text: `${EXCHANGES}| summarize requests = count(), refused = countif(toint(record.status) == 429) by bin(TimeGenerated, 1m)
| extend refusedPercent = round(100.0 * refused / requests, 1)
| project TimeGenerated, refusedPercent
| order by TimeGenerated asc
`,
  },
  {
    name: 'throttling-by-resource',
    title: '429s that Azure answered, by resource and minute.',
    notes: ['Most are hidden from clients: the request went on to another deployment at once.'],
    source: 'gateway',
    shown: 'timechart',
    text: `${ATTEMPTS}| where tostring(record.outcome) == "throttled"
| summarize refusals = count() by bin(TimeGenerated, 1m), resource = tostring(record.backend)
| order by TimeGenerated asc
`,
  },
  {
    name: 'throttling-share',
    title: 'Share of attempts that each deployment refused with 429, and for how long it was then left alone.',
    notes: [
      'leftAloneSeconds: what its 429s asked for, all together; overlapping ones count twice.',
      'A large share on a deployment that others use too: its quota is shared, or capacity is configured too high.',
    ],
    source: 'gateway',
    shown: 'table',
    text: `${LINES}let attempts = ${linesOf('attempt')}| summarize attempts = count(), refusals = countif(tostring(record.outcome) == "throttled") by deployment = tostring(record.deployment);
let throttles = ${linesOf('throttled')}| extend untilMs = tolong(record.untilMs), atMs = datetime_diff("millisecond", TimeGenerated, datetime(1970-01-01))
| summarize leftAloneSeconds = round(sum(max_of(untilMs - atMs, 0)) / 1000.0, 0) by deployment = tostring(record.deployment);
attempts
| join kind=leftouter throttles on deployment
| project deployment, attempts, refusals, refusedPercent = round(100.0 * refusals / attempts, 1), leftAloneSeconds
| order by refusals desc
`,
  },
  {
    name: 'waits',
    title: 'Who waited for quota, and how long. Milliseconds.',
    notes: [
      'stillRefused: waited, and got a 429 all the same. Bounds are those of the class of each client (docs/operations.md).',
    ],
    source: 'gateway',
    shown: 'table',
    text: `${EXCHANGES}| extend waitedMs = toreal(record.waitedMs), status = toint(record.status)
| extend onlyWaitsMs = iff(waitedMs > 0, waitedMs, real(null))
| summarize
    requests = count(),
    waited = countif(waitedMs > 0),
    waitedP50 = percentile(onlyWaitsMs, 50),
    waitedP95 = percentile(onlyWaitsMs, 95),
    refused = countif(status == 429),
    stillRefused = countif(status == 429 and waitedMs > 0)
    by client = tostring(record.client), model = tostring(record.model)
| extend refusedPercent = round(100.0 * refused / requests, 1)
| order by waited desc
`,
  },
  {
    name: 'failover',
    title: 'Attempts per request, and what failover hid: requests whose first try failed and which were answered well.',
    notes: [
      '0 attempts: the gateway answered by itself. hedged: a second try beside a slow first one, not after a failure.',
    ],
    source: 'gateway',
    shown: 'table',
    text: `${EXCHANGES}| extend status = toint(record.status), attempts = toint(record.attempts)
| summarize requests = count(), answeredWell = countif(status < 400), hedged = countif(tobool(record.hedged)) by attempts
| order by attempts asc
`,
  },
  {
    name: 'spillover',
    title: 'Share of requests and tokens that provisioned deployments answered, by five minutes. Percent.',
    notes: [
      'The log names deployments, not their type: those whose name has "ptu" in it count as provisioned, as our templates name them.',
      'What is missing to 100 spilled over to Standard. Say in the first line how yours are told apart.',
    ],
    source: 'gateway',
    shown: 'timechart',
    text: `let provisionedName = "ptu";
${EXCHANGES}| where isnotempty(tostring(record.deployment)) and toint(record.status) < 400
| extend isProvisioned = tostring(record.deployment) contains provisionedName
| extend tokens = coalesce(tolong(record.promptTokens), 0) + coalesce(tolong(record.completionTokens), 0)
| summarize requests = count(), provisionedRequests = countif(isProvisioned), tokens = sum(tokens), provisionedTokens = sumif(tokens, isProvisioned) by bin(TimeGenerated, 5m)
| project TimeGenerated, requestsPercent = round(100.0 * provisionedRequests / requests, 1), tokensPercent = iff(tokens == 0, real(null), round(100.0 * provisionedTokens / tokens, 1))
| order by TimeGenerated asc
`,
  },
];
