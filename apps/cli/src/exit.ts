/** How the command ends; scripts depend on these. */
export const EXIT = { done: 0, failed: 1, usedWrongly: 2 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** The command was asked for something it cannot do; the message names flag, value, rule and the way out. */
export class UsedWrongly extends Error {}
