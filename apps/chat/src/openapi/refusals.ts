/** Every refusal with the status it comes with, for the document of the API. */
import { z } from 'zod';
import type { RefusalCode } from '../server/api.ts';

export const REFUSAL_STATUS: Readonly<Record<RefusalCode, number>> = {
  badName: 400,
  badRequest: 400,
  busy: 503,
  conversationFull: 409,
  draining: 503,
  evaluating: 409,
  foreignHost: 403,
  foreignOrigin: 403,
  internal: 500,
  nameTaken: 409,
  noAnswer: 404,
  noCollection: 404,
  noConversation: 404,
  noDocument: 404,
  noFile: 400,
  noJob: 404,
  noLength: 411,
  noLink: 404,
  noPasswords: 404,
  noQuestions: 409,
  noRoute: 404,
  noRun: 404,
  noTurn: 404,
  noUploads: 403,
  notAllowed: 403,
  notIndexed: 415,
  notJson: 400,
  notShared: 404,
  notSignedIn: 401,
  notYours: 403,
  otherMode: 409,
  queueFull: 503,
  tooLarge: 413,
  tooManyQuestions: 429,
  tooManyTries: 429,
  tooManyUploads: 429,
  wrongPassword: 401,
};

export const refusal = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(REFUSAL_STATUS)).describe('Stable: programs go by it'),
      message: z.string().describe('For a person: what is wrong, and the way out'),
      retryAfterMs: z.int().optional().describe('Where waiting helps. Milliseconds'),
    }),
  })
  .describe('The body of an answer that is not 2xx');
