/** The whole page: what is known, or what stands in its way. */

import { Clock } from './clock.tsx';
import { CreateDialog } from './create.tsx';
import { DeleteDialog } from './dialog.tsx';
import { Faults } from './faults.tsx';
import { waitText } from './format.ts';
import { KeyQuestion } from './key.tsx';
import { type Connection, LOOK_MS } from './live.ts';
import { Quotas, Usages } from './quotas.tsx';
import { Requests } from './requests.tsx';
import { Resources } from './resources.tsx';
import { asking, connection, dismiss, look, notice, shown } from './store.ts';
import { Totals } from './totals.tsx';

export function App() {
  return (
    <>
      <header class="top">
        <div class="brand">
          <img src="/ui/icon.svg" alt="" width="32" height="32" />
          <h1>Spillway simulator</h1>
        </div>
        {shown.value === null ? null : <Clock clock={shown.value.state.clock} />}
      </header>
      <Trouble connection={connection.value} />
      <main>
        <Content />
      </main>
      <OpenDialog />
      <NoticeBar />
    </>
  );
}

function Content() {
  if (connection.value.kind === 'locked') return <KeyQuestion message={connection.value.message} />;
  const view = shown.value;
  if (view === null) return <p class="quiet">{connection.value.kind === 'loading' ? 'Asking the simulator…' : ''}</p>;
  const { state, requests } = view;
  return (
    <>
      <Totals state={state} />
      <Resources state={state} />
      <Usages />
      <Quotas quotas={state.quotas} nowMs={state.clock.nowMs} />
      <Faults faults={state.faults} />
      <Requests requests={requests} firstUrl={state.resources[0]?.url ?? null} />
    </>
  );
}

/** What the page shows is old, and why. The line keeps its place, so that nothing jumps when it comes and goes. */
function Trouble({ connection: now }: { readonly connection: Connection }) {
  const text = troubleText(now);
  return (
    <div class={text === null ? 'live' : 'live trouble'}>
      <p role="status">{text ?? `Live: read every ${LOOK_MS / 1000} s while this page is visible.`}</p>
      {text === null ? null : (
        <button type="button" onClick={look}>
          Try now
        </button>
      )}
    </div>
  );
}

function troubleText(now: Connection): string | null {
  switch (now.kind) {
    case 'loading':
    case 'live':
    case 'locked':
      return null;
    case 'gone':
      return `The simulator does not answer. What is shown is how it was; the next try is in ${waitText(now.retryMs)}.`;
    case 'refused':
      return `${now.message} The next try is in ${waitText(now.retryMs)}.`;
  }
}

function OpenDialog() {
  const open = asking.value;
  if (open === null) return null;
  return open.kind === 'create' ? (
    <CreateDialog resource={open.resource} />
  ) : (
    <DeleteDialog resource={open.resource} deployment={open.deployment} />
  );
}

function NoticeBar() {
  const told = notice.value;
  return (
    <div class="notices" role="status">
      {told === null ? null : (
        <div class={`notice ${told.tone}`}>
          <p>{told.text}</p>
          <button type="button" onClick={dismiss}>
            Close
          </button>
        </div>
      )}
    </div>
  );
}
