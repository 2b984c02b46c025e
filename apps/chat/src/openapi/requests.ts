/** Forms, which no schema of the server's reads: what they may hold is told here. */
import { z } from 'zod';

const names = z.string().describe('Names, by commas; 100 at most');

export const uploadForm = z.object({
  file: z.file().describe('Name and content; its ending says what it is'),
  category: z.string().max(300).optional(),
  groups: names
    .optional()
    .describe('Who may see it; without groups and users: everybody, or whom the file itself names'),
  users: names.optional(),
});

export const indexForm = z.object({
  file: z.file(),
  options: z
    .string()
    .optional()
    .describe('JSON: { "category": "rules", "wait": true }; with wait the answer comes when the file is indexed'),
});
