/** How long a reasoning model may think; not every model takes every value. A file of its own: the page reads it too, and nothing of the server with it. */
export const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];
