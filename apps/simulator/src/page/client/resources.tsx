/** Resources, each with its deployments. */
import { pathOf } from './api.ts';
import { Deployment } from './deployment.tsx';
import type { PageState, ResourceView } from './shapes.ts';
import { act, asking, wanted } from './store.ts';

/** Of one resource; further ones are found by a part of their name. */
const DEPLOYMENTS_SHOWN_MAX = 24;

export function Resources({ state }: { readonly state: PageState }) {
  const { resources, clock } = state;
  const many = resources.reduce((sum, { deployments }) => sum + deployments.length, 0) > DEPLOYMENTS_SHOWN_MAX / 2;
  return (
    <>
      {many ? <Search /> : null}
      {resources.length === 0 ? (
        <p class="empty">There is no resource. POST /admin/resources adds one.</p>
      ) : (
        resources.map((resource) => <Resource key={resource.name} resource={resource} nowMs={clock.nowMs} />)
      )}
    </>
  );
}

function Search() {
  return (
    <label class="search">
      Show deployments named
      <input
        type="search"
        value={wanted.value}
        placeholder="any"
        onInput={({ currentTarget }) => {
          wanted.value = currentTarget.value;
        }}
      />
    </label>
  );
}

interface ResourceProps {
  readonly resource: ResourceView;
  readonly nowMs: number;
}

function Resource({ resource, nowMs }: ResourceProps) {
  const { name, deployments } = resource;
  const part = wanted.value.trim().toLowerCase();
  const found = deployments.filter((each) => each.name.toLowerCase().includes(part));
  const drawn = found.slice(0, DEPLOYMENTS_SHOWN_MAX);
  return (
    <section class="resource" aria-labelledby={`resource-${name}`}>
      <ResourceHead resource={resource} />
      {deployments.length === 0 ? (
        <p class="empty">No deployment yet: requests to this resource are answered 404.</p>
      ) : null}
      <ul class="cards">
        {drawn.map((deployment) => (
          <li key={deployment.name}>
            <Deployment resource={name} deployment={deployment} nowMs={nowMs} />
          </li>
        ))}
      </ul>
      {drawn.length < deployments.length ? (
        <p class="quiet">
          {drawn.length} of {deployments.length} deployments are shown; the field above finds others by name.
        </p>
      ) : null}
    </section>
  );
}

function ResourceHead({ resource }: { readonly resource: ResourceView }) {
  const { name, region, url, running, resourceGroup } = resource;
  const turn = running ? 'stop' : 'start';
  const done = running ? `${name} has stopped: its port is closed.` : `${name} listens again.`;
  return (
    <div class="resourceHead">
      <h2 id={`resource-${name}`}>{name}</h2>
      <span class={running ? 'pill good' : 'pill bad'}>{running ? 'running' : 'stopped'}</span>
      <p class="quiet facts">
        <span>{region}</span>
        <span>group {resourceGroup}</span>
        <code>{url}</code>
      </p>
      <div class="buttons">
        <button
          type="button"
          aria-label={running ? `Stop ${name}` : `Start ${name}`}
          onClick={() => act({ method: 'POST', path: pathOf('resources', name, turn), done })}
        >
          {running ? 'Stop' : 'Start'}
        </button>
        <button
          type="button"
          class="main"
          aria-label={`Create deployment on ${name}`}
          onClick={() => {
            asking.value = { kind: 'create', resource };
          }}
        >
          Create deployment
        </button>
      </div>
    </div>
  );
}
