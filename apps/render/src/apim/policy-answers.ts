/** Answers that API Management gives in its own name: Azure's shape, with a stable code. */
import { at, EARLIEST_MS, IS_THROTTLED, OPENINGS_KEY, WAIT_MS_TEXT, WAIT_SECONDS_TEXT } from './expressions.ts';
import { type XmlElement, xml } from './xml.ts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** @param message without braces and quotes: it stands in JSON, in XML. */
export function refusal(status: number, code: string, message: string, ...headers: readonly XmlElement[]): XmlElement {
  return xml(
    'return-response',
    {},
    xml('set-status', { code: String(status), reason: REASONS[status] ?? 'Error' }),
    setHeader('Content-Type', 'application/json'),
    ...headers,
    xml('set-body', {}, JSON.stringify({ error: { code, message } })),
  );
}

export const notFound = (): XmlElement =>
  refusal(404, 'DeploymentNotFound', 'The API deployment for this resource does not exist.');

export const setHeader = (name: string, value: string): XmlElement =>
  xml('set-header', { name, 'exists-action': 'override' }, xml('value', {}, value));

export const dropHeader = (name: string): XmlElement => xml('set-header', { name, 'exists-action': 'delete' });

/** Both headers: SDKs read the milliseconds first, and those of one backend would say nothing about the pool. */
export const waitHeaders = (): readonly XmlElement[] => [
  setHeader('Retry-After', at(WAIT_SECONDS_TEXT)),
  setHeader('retry-after-ms', at(WAIT_MS_TEXT)),
];

/** Reads what is known of the pool's breakers into `openings`. `none` stands for an empty list. */
export const readOpenings = (): XmlElement =>
  xml('cache-lookup-value', {
    key: OPENINGS_KEY,
    'default-value': 'none',
    'variable-name': 'openings',
    'caching-type': 'internal',
  });

export const setWait = (): XmlElement => xml('set-variable', { name: 'wait-ms', value: at(EARLIEST_MS) });

/** As the gateway does: 429 while quota is all that keeps one from serving, else 503; both with the earliest time of all. */
export function nobodyFree(): readonly XmlElement[] {
  return [
    readOpenings(),
    setWait(),
    xml(
      'choose',
      {},
      xml(
        'when',
        { condition: at(IS_THROTTLED) },
        refusal(
          429,
          '429',
          'Every deployment that could serve is busy; retry after the time in Retry-After.',
          ...waitHeaders(),
        ),
      ),
      xml(
        'otherwise',
        {},
        refusal(503, 'NoDeploymentAvailable', 'No deployment can serve at the moment.', ...waitHeaders()),
      ),
    ),
  ];
}
