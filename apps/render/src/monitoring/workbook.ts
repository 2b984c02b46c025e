/**
 * A workbook of Azure Monitor: a choice of time, three tabs, and a tile for each query that is drawn.
 * Source: microsoft/Application-Insights-Workbooks, `schema/workbook.json` and its samples, read 2026-11-21: types of items are 1 text, 3 query,
 * 9 parameters, 11 links.
 */
import { lines, type Value } from '../arm/expression.ts';
import type { Query, Source } from './query.ts';

const WORKSPACE_TYPE = 'microsoft.operationalinsights/workspaces';

type Tab = 'gateway' | 'azureOpenAi' | 'apiManagement';
const TABS: Readonly<Record<Tab, string>> = {
  gateway: 'Gateway',
  azureOpenAi: 'Azure OpenAI',
  apiManagement: 'API Management',
};
const tabOf = (source: Source): Tab => (source === 'platform' ? 'gateway' : source);

/** Ids must differ, and be the same in each rendering. */
const idFor = (place: number): string => `5b1f9c1e-0000-4000-8000-${String(place).padStart(12, '0')}`;

/** Of the choice of time. Milliseconds. */
const HOUR_MS = 3_600_000;
const TIMES_MS: readonly number[] = [1, 4, 24, 72, 168, 720].map((hours) => hours * HOUR_MS);

const timeRange: Value = {
  type: 9,
  content: {
    version: 'KqlParameterItem/1.0',
    parameters: [
      {
        id: idFor(1),
        version: 'KqlParameterItem/1.0',
        name: 'TimeRange',
        label: 'Time',
        type: 4,
        isRequired: true,
        value: { durationMs: 4 * HOUR_MS },
        typeSettings: { selectableValues: TIMES_MS.map((durationMs) => ({ durationMs })), allowCustom: true },
      },
    ],
    style: 'pills',
    queryType: 0,
    resourceType: WORKSPACE_TYPE,
  },
  name: 'time',
};

const tabs: Value = {
  type: 11,
  content: {
    version: 'LinkItem/1.0',
    style: 'tabs',
    links: Object.entries(TABS).map(([tab, linkLabel], at) => ({
      id: idFor(at + 2),
      cellValue: 'tab',
      linkTarget: 'parameter',
      linkLabel,
      subTarget: tab,
      style: 'link',
    })),
  },
  name: 'tabs',
};

const NEEDS: Readonly<Record<Tab, string>> = {
  gateway: 'From the log lines of the gateway in Container Apps.',
  azureOpenAi:
    'From diagnostic settings of the Azure OpenAI resources: metrics, and the log category RequestResponse. Without them this tab is empty.',
  apiManagement:
    'From diagnostic settings of API Management: the log categories GatewayLogs and GatewayLlmLogs. Without them this tab is empty.',
};

/** @param queries in the order of their tiles. */
export function workbookOf(queries: readonly Query[]): { readonly [key: string]: Value } {
  const shown = queries.filter(({ shown: how }) => how !== null);
  return { version: 'Notebook/1.0', items: [timeRange, tabs, ...shownTabs(shown)], isLocked: false };
}

function shownTabs(queries: readonly Query[]): readonly Value[] {
  return (['gateway', 'azureOpenAi', 'apiManagement'] as const).flatMap((tab) => [
    { type: 1, content: { json: NEEDS[tab] }, conditionalVisibility: onTab(tab), name: `about-${tab}` },
    ...queries.filter(({ source }) => tabOf(source) === tab).map((query) => tile(query, tab)),
  ]);
}

const onTab = (tab: Tab): Value => ({ parameterName: 'tab', comparison: 'isEqualTo', value: tab });

function tile({ name, title, notes, shown, text }: Query, tab: Tab): Value {
  return {
    type: 3,
    content: {
      version: 'KqlItem/1.0',
      query: lines(text),
      size: 0,
      title,
      ...(notes.length === 0 ? {} : { noDataMessage: `Nothing in this time. ${notes.join(' ')}` }),
      timeContextFromParameter: 'TimeRange',
      queryType: 0,
      resourceType: WORKSPACE_TYPE,
      visualization: shown ?? 'table',
    },
    conditionalVisibility: onTab(tab),
    name,
  };
}
