/** The form that creates a deployment: the fields of Azure's own, and the command that does the same. */
import { useEffect, useState } from 'preact/hooks';
import { Dialog, leave } from './dialog.tsx';
import { Fields } from './fields.tsx';
import { type Order, orderBody, orderCommand, orderPath } from './order.ts';
import type { ResourceView } from './shapes.ts';
import { api, look, reasonOf, tell } from './store.ts';

function firstOrder({ name, subscription, resourceGroup }: ResourceView): Order {
  return {
    subscription,
    resourceGroup,
    resource: name,
    deployment: '',
    model: 'gpt-4o',
    version: '',
    contentFilter: '',
    type: 'ProvisionedManaged',
    capacity: '100',
    upgrade: '',
    spillover: '',
  };
}

export function CreateDialog({ resource }: { readonly resource: ResourceView }) {
  const [typed, setTyped] = useState(() => firstOrder(resource));
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  // As in Azure's studio, a deployment is called like its model unless it is given a name.
  const order = { ...typed, deployment: typed.deployment.trim() || typed.model.trim() };
  const set = (change: Partial<Order>): void => setTyped({ ...typed, ...change });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const answer = await api.send('PUT', orderPath(order), orderBody(order));
    setBusy(false);
    if (answer.kind !== 'ok') return setProblem(reasonOf(answer));
    leave();
    tell('done', `${order.deployment} is created on ${order.resource}.`);
    look();
  };
  return (
    <Dialog title={`Create a deployment on ${resource.name}`}>
      <form onSubmit={submit} noValidate>
        <Fields typed={typed} set={set} resource={resource} />
        <Command text={orderCommand(order, location.origin)} />
        <p class="problem" role="alert">
          {problem}
        </p>
        <div class="buttons end">
          <button type="button" onClick={leave}>
            Cancel
          </button>
          <button type="submit" class="main" disabled={busy}>
            Create
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Command({ text }: { readonly text: string }) {
  const [label, setLabel] = useState('Copy');
  useEffect(() => setLabel('Copy'), [text]);
  // Browsers have no clipboard for pages that come over plain http from another machine.
  const copy = (): Promise<void> =>
    Promise.resolve()
      .then(() => navigator.clipboard.writeText(text))
      .then(
        () => setLabel('Copied'),
        () => setLabel('Select it and copy'),
      );
  return (
    <div class="command">
      <p>
        The same as a command
        <button type="button" onClick={copy}>
          {label}
        </button>
      </p>
      <pre>{text}</pre>
    </div>
  );
}
