/** Faults that are waiting or at work. */
import { pathOf } from './api.ts';
import { countText, percentText, scopeText } from './format.ts';
import type { FaultView } from './shapes.ts';
import { act } from './store.ts';

export function Faults({ faults }: { readonly faults: readonly FaultView[] }) {
  return (
    <section aria-labelledby="faults">
      <h2 id="faults">Faults</h2>
      {faults.length === 0 ? (
        <p class="empty">None: everything behaves. POST /admin/faults adds one.</p>
      ) : (
        <ul class="rows">
          {faults.map((fault) => (
            <Fault key={fault.id} fault={fault} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Fault({ fault }: { readonly fault: FaultView }) {
  const { id, hits, spec } = fault;
  const of = spec.times === null ? '' : ` of ${countText(spec.times)}`;
  const share = spec.share < 1 ? `${percentText(spec.share)} of requests to ` : '';
  return (
    <li>
      <span class="pill bad">{spec.kind}</span>
      <span>
        {share}
        {scopeText(spec)}
      </span>
      <span class="quiet">
        {countText(hits)}
        {of} hit
      </span>
      <button
        type="button"
        aria-label={`Remove fault ${id}`}
        onClick={() => act({ method: 'DELETE', path: pathOf('faults', id), done: `Fault ${id} is removed.` })}
      >
        Remove
      </button>
    </li>
  );
}
