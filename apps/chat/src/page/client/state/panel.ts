/** The panel beside a conversation: how an answer came about. */
import { signal } from '@preact/signals';

export const TABS = ['sources', 'passage', 'steps', 'gateway'] as const;
export type Tab = (typeof TABS)[number];

export interface Panel {
  readonly turnKey: string;
  readonly tab: Tab;
  /** Of the source whose passage is shown; null: the first one. */
  readonly label: string | null;
}

export const panel = signal<Panel | null>(null);
let opener: Element | null = null;

export function openPanel(to: Panel): void {
  if (panel.value === null) opener = document.activeElement;
  panel.value = to;
}

/** The focus goes back to where it came from. */
export function closePanel(): void {
  if (panel.value === null) return;
  panel.value = null;
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
}
