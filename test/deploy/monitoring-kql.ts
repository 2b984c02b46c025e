/**
 * Slips of the pen in KQL, as far as they show without a workspace: brackets, operators, functions, names of tables and columns, and fields of
 * the gateway's log lines. Closed lists of what our queries use: whoever uses more adds it here, and looks it up first.
 * Source: Microsoft Learn, "Azure Monitor Logs reference" of each table and "KQL quick reference", read 2026-11-21.
 */

/** By name, its columns with their types, as KQL itself writes them. */
export const TABLES: Readonly<Record<string, string>> = {
  ContainerAppConsoleLogs: '(TimeGenerated:datetime, ContainerAppName:string, RevisionName:string, Log:string)',
  ContainerAppConsoleLogs_CL:
    '(TimeGenerated:datetime, ContainerAppName_s:string, RevisionName_s:string, Log_s:string)',
  ContainerAppSystemLogs:
    '(TimeGenerated:datetime, ContainerAppName:string, RevisionName:string, ReplicaName:string, Reason:string, Log:string)',
  AzureMetrics:
    '(TimeGenerated:datetime, ResourceProvider:string, Resource:string, MetricName:string, Total:real, Maximum:real)',
  AzureDiagnostics:
    '(TimeGenerated:datetime, ResourceProvider:string, Category:string, Resource:string, ResultSignature:string, DurationMs:long, properties_s:string)',
  ApiManagementGatewayLogs:
    '(TimeGenerated:datetime, CorrelationId:string, ApimSubscriptionId:string, ResponseCode:int, BackendResponseCode:int, BackendUrl:string, BackendTime:long, TotalTime:long, LastErrorSource:string, LastErrorReason:string)',
  ApiManagementGatewayLlmLog:
    '(TimeGenerated:datetime, CorrelationId:string, PromptTokens:int, CompletionTokens:int, DeploymentName:string, ModelName:string)',
};
const columnsOf = (table: string): readonly string[] =>
  [...(TABLES[table] ?? '').matchAll(/(\w+):/g)].map(([, column = '']) => column);

const OPERATORS = new Set(['where', 'extend', 'project', 'summarize', 'order', 'join']);
const FUNCTIONS = new Set(
  `arg_max bin coalesce count countif datetime datetime_diff iff indexof isempty isnotempty max max_of parse_json parse_url percentile real round substring sum
  sumif take_any tobool toint tolong toreal tostring`.split(/\s+/),
);
const WORDS = new Set(
  `let union isfuzzy true null by asc desc and or has contains in kind leftouter inner on ${[...OPERATORS].join(' ')}`.split(
    ' ',
  ),
);
/** Read as something else where a name is meant. Met: `latest`. */
const RESERVED = new Set(['latest', 'first', 'last', 'of', 'with', 'step', 'from', 'to']);

interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign';
  readonly text: string;
}

const TOKEN =
  /\/\/[^\n]*|\s+|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([A-Za-z_]\w*)|(\d[\w.-]*)|([!=<>]=|=~|!(?=in\b)|[-+*/=<>()[\],;|.])|(.)/g;

/** @returns what is wrong, in words; nothing where it is good. */
export function kqlProblems(source: string): readonly string[] {
  const problems: string[] = [];
  const tokens: Token[] = [];
  for (const [, text, name, number, sign, other] of source.matchAll(TOKEN)) {
    if (other !== undefined) problems.push(`${other} is no part of a query`);
    if (text !== undefined) tokens.push({ kind: 'text', text });
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
  }
  return [...problems, ...bracketProblems(tokens), ...pipeProblems(tokens), ...nameProblems(tokens)];
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

function bracketProblems(tokens: readonly Token[]): readonly string[] {
  const open: string[] = [];
  for (const { kind, text } of tokens) {
    if (kind !== 'sign') continue;
    const closing = CLOSING[text];
    if (closing !== undefined) open.push(closing);
    else if (text === ')' || text === ']') {
      if (open.pop() !== text) return [`${text} without its beginning`];
    } else if (text === ';' && open.length > 0) return [`a statement ends before ${open.at(-1)}`];
  }
  return open.length === 0 ? [] : [`${open.at(-1)} is missing`];
}

function pipeProblems(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap(({ text }, at) => {
    if (text === 'let' && at > 0 && tokens[at - 1]?.text !== ';') return ['let before the statement above has ended'];
    if (text !== '|') return [];
    const next = tokens[at + 1]?.text ?? 'nothing';
    return OPERATORS.has(next) ? [] : [`${next} is no operator that is known here`];
  });
}

function nameProblems(tokens: readonly Token[]): readonly string[] {
  const at = (index: number): string => tokens[index]?.text ?? '';
  const defined = new Set(definedIn(tokens));
  const tables = tokens.filter(({ text }) => Object.hasOwn(TABLES, text)).map(({ text }) => text);
  const columns = new Set(tables.flatMap(columnsOf));
  const wrong = [...defined].filter((name) => RESERVED.has(name)).map((name) => `${name} cannot be a name`);
  const used = tokens.flatMap(({ kind, text }, index) => {
    if (kind !== 'name' || at(index - 1) === '.' || WORDS.has(text)) return [];
    if (at(index + 1) === '(') return FUNCTIONS.has(text) ? [] : [`${text} is no function that is known here`];
    const isKnown = defined.has(text) || columns.has(text) || Object.hasOwn(TABLES, text);
    return isKnown ? [] : [`${text} is neither a table nor a column`];
  });
  return tables.length === 0 ? ['no table is asked'] : [...wrong, ...used];
}

/** Names before a `=`, alone or as `(a, b) =`. */
function definedIn(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap(({ text, kind }, index) => {
    if (text !== '=') return [];
    const before = tokens[index - 1];
    if (before?.kind === 'name') return kind === 'sign' ? [before.text] : [];
    if (before?.text !== ')') return [];
    const begin = tokens.findLastIndex((token, place) => place < index && token.text === '(');
    return tokens.slice(begin, index).flatMap((token) => (token.kind === 'name' ? [token.text] : []));
  });
}

/** Fields of the gateway's lines that a query asks for, by the event whose lines it has filtered. */
export function fieldsAsked(source: string): readonly { readonly event: string; readonly field: string }[] {
  const parts = source.split(/Line has '"event":"(\w+)"'/);
  return parts.flatMap((part, at) =>
    at % 2 === 1
      ? []
      : [...part.matchAll(/\brecord\.(\w+)/g)].map(([, field = '']) => ({ event: parts[at - 1] ?? '', field })),
  );
}
