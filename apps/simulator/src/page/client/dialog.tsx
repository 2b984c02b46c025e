/** A question that must be answered first. The browser's own dialog: it keeps the focus, gives it back, and Escape leaves it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { pathOf } from './api.ts';
import { act, asking } from './store.ts';

export interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Dialog({ title, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={element} aria-labelledby={id} onClose={leave}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

export function leave(): void {
  asking.value = null;
}

export interface DeleteDialogProps {
  readonly resource: string;
  readonly deployment: string;
}

export function DeleteDialog({ resource, deployment }: DeleteDialogProps) {
  const remove = async (): Promise<void> => {
    leave();
    const path = pathOf('resources', resource, 'deployments', deployment);
    await act({ method: 'DELETE', path, done: `${deployment} is gone from ${resource}.` });
  };
  return (
    <Dialog title={`Delete ${deployment}?`}>
      <p>
        Requests to <strong>{deployment}</strong> on {resource} are answered 404 from then on. Its counters are lost.
      </p>
      <div class="buttons end">
        <button type="button" onClick={leave}>
          Keep it
        </button>
        <button type="button" class="main danger" onClick={remove}>
          Delete
        </button>
      </div>
    </Dialog>
  );
}
