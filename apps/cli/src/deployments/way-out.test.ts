import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asked, wayOutOf } from './way-out.ts';

const AZURE: Asked = {
  isAzure: true,
  url: 'https://management.azure.com',
  subscription: 'sub',
  account: 'openai1',
  resourceGroup: 'group (a)',
};
const SIMULATOR: Asked = {
  ...AZURE,
  isAzure: false,
  url: 'http://127.0.0.1:9000',
  subscription: 'simulated',
  resourceGroup: 'g',
};
const NOBODY: Asked = { ...AZURE, account: null, resourceGroup: null };

test('wayOutOf: a command that shows more, for Azure and for a simulator', () => {
  const rows: ReadonlyArray<readonly [string, number | null, Asked, RegExp | null]> = [
    ['InsufficientQuota', 400, AZURE, /^lower --sku-capacity, .* az cognitiveservices usage list/],
    [
      'InsufficientQuota',
      400,
      SIMULATOR,
      /curl 'http:\/\/127\.0\.0\.1:9000\/subscriptions\/simulated\/.*\/usages\?api-version=2025-09-01'$/,
    ],
    ['InvalidCapacity', 400, AZURE, /list-models --name openai1 --resource-group 'group \(a\)'$/],
    [
      'DeploymentModelNotSupported',
      400,
      SIMULATOR,
      /curl '.*\/resourceGroups\/g\/.*\/accounts\/openai1\/models\?api-version=2025-09-01'$/,
    ],
    ['DeploymentModelNotSupported', 400, NOBODY, /^look up models/],
    ['ServiceModelDeprecated', 400, AZURE, /^take a newer --model-version; .*list-models.*\)'$/],
    ['ServiceModelDeprecated', 400, SIMULATOR, /--config FILE, where FILE says control: \{ retiredModels: allow \}$/],
    ['InvalidResourceProperties', 400, SIMULATOR, /^check --sku-name and --spillover-name; .*\/models\?api-version/],
    ['ParentResourceNotFound', 404, AZURE, /^check --name, .*account list/],
    ['ResourceNotFound', 404, SIMULATOR, /^check --name, --resource-group and --subscription/],
    ['ResourceNotFound', 404, SIMULATOR, /deployments discover --endpoint http:\/\/127\.0\.0\.1:9000$/],
    ['ResourceGroupNotFound', 404, AZURE, /--resource-group/],
    ['SubscriptionNotFound', 404, AZURE, /az account list/],
    ['SubscriptionNotFound', 404, SIMULATOR, /is simulated, unless/],
    [
      'DeploymentNotFound',
      404,
      AZURE,
      /^those there are: spillway deployments list --name openai1 --resource-group 'group \(a\)'$/,
    ],
    [
      'StillRunning',
      null,
      SIMULATOR,
      /goes on; .* list --name openai1 --resource-group g --endpoint http:\/\/127\.0\.0\.1:9000$/,
    ],
    ['AuthorizationFailed', 403, AZURE, /Cognitive Services Contributor/],
    ['AuthorizationFailed', 403, SIMULATOR, null],
    ['Whatever', 403, AZURE, /Cognitive Services Contributor/],
    ['InvalidAuthenticationTokenTenant', 401, AZURE, /^az login, with --tenant/],
    ['AuthenticationFailed', 401, SIMULATOR, /^set SPILLWAY_ADMIN_KEY/],
    ['401', 401, SIMULATOR, /the control plane is on the admin port/],
    ['401', 401, AZURE, /^az login/],
    ['RequestConflict', 409, AZURE, /^another change/],
    ['Conflict', 409, AZURE, null],
    ['Whatever', 429, AZURE, /^wait a minute/],
    ['Whatever', 404, AZURE, /^check --name/],
    ['Whatever', 500, AZURE, null],
    ['Whatever', null, AZURE, null],
  ];
  for (const [code, status, asked, want] of rows) {
    const way = wayOutOf({ code, status }, asked);
    if (want === null) assert.equal(way, null, code);
    else assert.match(way ?? '', want, code);
  }
});
