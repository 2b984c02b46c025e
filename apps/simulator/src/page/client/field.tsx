/** A field of a form: its label, its control, its help. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface FieldProps {
  readonly label: string;
  readonly help: string;
  readonly tone?: 'plain' | 'warning';
  /** The control, with what ties it to its label and its help. */
  readonly children: (ties: { readonly id: string; readonly 'aria-describedby': string }) => ComponentChildren;
}

export function Field({ label, help, tone = 'plain', children }: FieldProps) {
  const id = useId();
  const helpId = `${id}-help`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': helpId })}
      <small id={helpId} class={tone}>
        {help}
      </small>
    </div>
  );
}
