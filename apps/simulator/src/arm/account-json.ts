/** An account as ARM shows it. */
import type { Site } from '../site.ts';
import { ACCOUNT_SKU, type AccountControl } from './account.ts';
import { PROVIDER } from './arm-error.ts';
import { etagOf, systemData, timeText } from './call.ts';
import { type DeletedAccount, PURGE_MS } from './control.ts';
import { accountId } from './find.ts';
import { regionId } from './regions.ts';

const TYPE = `${PROVIDER}/accounts`;

/** @param origin of the request: whoever came by https is sent on by https. */
export function accountJson(site: Site, origin: string, nowMs: number) {
  const { facts, account, listener } = site;
  const secure = origin.startsWith('https:') ? listener.httpsUrl : null;
  const endpoint = `${secure ?? listener.url}/`;
  return {
    id: accountId(site),
    name: facts.name,
    type: TYPE,
    ...commonJson(facts.name, facts.region, account),
    properties: {
      ...account.given,
      endpoint,
      provisioningState: nowMs < account.readyMs ? 'Creating' : 'Succeeded',
      customSubDomainName: account.customSubDomainName,
      disableLocalAuth: account.disableLocalAuth,
      publicNetworkAccess: account.given.publicNetworkAccess ?? 'Enabled',
      privateEndpointConnections: [],
      isMigrated: false,
      dateCreated: timeText(account.createdMs),
      endpoints: endpointsOf(endpoint),
    },
  };
}

/** Of what Azure lists there only what is here too. */
function endpointsOf(endpoint: string): Readonly<Record<string, string>> {
  return {
    'OpenAI Language Model Instance API': endpoint,
    'OpenAI Dall-E API': endpoint,
    'OpenAI Whisper API': endpoint,
  };
}

/** @param id of the deleted account, which is not that of the account. */
export function deletedJson({ options, control, deletedMs }: DeletedAccount, id: string) {
  const { name, region = '' } = options;
  return {
    id,
    name,
    type: `${PROVIDER}/deletedAccounts`,
    ...commonJson(name, region, control),
    properties: {
      provisioningState: 'Deleting',
      customSubDomainName: control.customSubDomainName,
      deletionDate: timeText(deletedMs),
      scheduledPurgeDate: timeText(deletedMs + PURGE_MS),
      dateCreated: timeText(control.createdMs),
    },
  };
}

function commonJson(name: string, region: string, control: AccountControl) {
  const { kind, tags } = control;
  return {
    etag: etagOf({ name, control }),
    location: regionId(region),
    kind,
    sku: { name: ACCOUNT_SKU },
    tags,
    systemData: systemData(control),
  };
}
