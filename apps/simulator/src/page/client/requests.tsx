/** The requests received last. */
import { REQUESTS_SHOWN_MAX } from './api.ts';
import { durationText, timeText, toneOf } from './format.ts';
import type { RequestView } from './shapes.ts';

export interface RequestsProps {
  readonly requests: readonly RequestView[];
  /** Where a first request may go; null where there is no resource. */
  readonly firstUrl: string | null;
}

export function Requests({ requests, firstUrl }: RequestsProps) {
  const where = firstUrl === null ? '' : ` Send one to ${firstUrl} and it appears here.`;
  return (
    <section aria-labelledby="requests">
      <h2 id="requests">
        Requests <span class="quiet">the last {REQUESTS_SHOWN_MAX}, newest first</span>
      </h2>
      {requests.length === 0 ? <p class="empty">None yet.{where}</p> : <Table requests={requests} />}
    </section>
  );
}

function Table({ requests }: { readonly requests: readonly RequestView[] }) {
  const timed = requests.some(({ durationMs }) => durationMs !== undefined);
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Time (UTC)</th>
          <th scope="col">Deployment</th>
          <th scope="col" class="wide">
            Request
          </th>
          <th scope="col">Status</th>
          {timed ? (
            <th scope="col" class="number">
              Took
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {requests.map((request, index) => (
          // Newest first and no id: the row of a place is drawn anew.
          <Row key={index} request={request} timed={timed} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ request, timed }: { readonly request: RequestView; readonly timed: boolean }) {
  const { timeMs, resource, deployment, method, path, status, fault, durationMs } = request;
  return (
    <tr>
      <td>{timeText(timeMs)}</td>
      <td>
        <span class="quiet">{resource}/</span>
        <wbr />
        {deployment ?? '–'}
      </td>
      <td class="wide">
        <code>
          {method} {path}
        </code>
      </td>
      <td>
        <span class={`pill ${toneOf(status)}`}>{status ?? '–'}</span>
        {fault === null ? null : <span class="quiet"> {fault}</span>}
      </td>
      {timed ? <td class="number">{durationText(durationMs)}</td> : null}
    </tr>
  );
}
