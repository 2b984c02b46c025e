/** API versions of resources and ids of roles that the templates use; all in one place, because they age. */

export const API = {
  resourceGroups: '2024-11-01',
  accounts: '2025-09-01',
  app: '2026-01-01',
  /** Of the environment alone: no version that is no preview knows its OpenTelemetry agent. */
  appsEnvironment: '2025-10-02-preview',
  identity: '2024-11-30',
  registries: '2023-07-01',
  roleAssignments: '2022-04-01',
  vaults: '2023-07-01',
  workspaces: '2023-09-01',
  components: '2020-02-02',
  diagnostics: '2021-05-01-preview',
  network: '2024-05-01',
  dnsZones: '2024-06-01',
  actionGroups: '2023-01-01',
  metricAlerts: '2018-03-01',
  scheduledQueryRules: '2023-12-01',
  workbooks: '2023-06-01',
} as const;

/** Ids of built-in roles. Source: Microsoft Learn, "Azure built-in roles". */
export const ROLES = {
  /** May call models; may not read keys or change anything. Not "Cognitive Services User", which may read keys. */
  openAiUser: '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd',
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
} as const;
