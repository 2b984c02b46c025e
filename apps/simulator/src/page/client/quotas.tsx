/** What of the subscription's quota is deployed, and the quotas whose tokens several deployments share. */
import { Minute } from './deployment.tsx';
import { typeText } from './format.ts';
import { Meter } from './meter.tsx';
import type { SharedQuotaView } from './shapes.ts';
import { usages, usagesProblem } from './store.ts';
import type { PlaceUsage } from './usages.ts';

/** Of subscriptions, by region; those of which nothing is deployed are left out. */
export function Usages() {
  const places = usages.value?.filter(({ rows }) => rows.length > 0) ?? null;
  const problem = usagesProblem.value;
  return (
    <section aria-labelledby="usages">
      <h2 id="usages">
        Quota <span class="quiet">deployed, of what the subscription may deploy in the region</span>
      </h2>
      {problem === null ? null : <p class="empty">The control plane does not tell: {problem}</p>}
      {places === null && problem === null ? <p class="empty">Asking the control plane…</p> : null}
      {places?.length === 0 ? <p class="empty">Nothing is deployed.</p> : null}
      <ul class="cards">
        {places?.map((place) => (
          <li key={`${place.subscription} ${place.region}`}>
            <UsageCard place={place} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function UsageCard({ place: { subscription, region, rows } }: { readonly place: PlaceUsage }) {
  return (
    <article class="card" aria-label={`Quota in ${region}`}>
      <div class="cardHead">
        <h3>{region}</h3>
        <span class="quiet state">subscription {subscription}</span>
      </div>
      <div class="meters">
        {rows.map(({ id, name, used, limit, unit }) => (
          <Meter key={id} label={name} value={used} limit={limit} unit={unit} />
        ))}
      </div>
    </article>
  );
}

export interface QuotasProps {
  readonly quotas: readonly SharedQuotaView[];
  readonly nowMs: number;
}

/** Nothing where there are none. */
export function Quotas({ quotas, nowMs }: QuotasProps) {
  if (quotas.length === 0) return null;
  return (
    <section aria-labelledby="quotas">
      <h2 id="quotas">Shared quotas</h2>
      <ul class="cards">
        {quotas.map(({ id, model, type, region, subscription, limits, window }) => (
          <li key={id}>
            <article class="card" aria-label={`${model} in ${region}`}>
              <div class="cardHead">
                <h3>{model}</h3>
                <span class="kind">{typeText(type)}</span>
              </div>
              <p class="quiet facts">
                <span>{region}</span>
                <span>subscription {subscription}</span>
              </p>
              <Minute limits={limits} window={window} nowMs={nowMs} />
            </article>
          </li>
        ))}
      </ul>
    </section>
  );
}
