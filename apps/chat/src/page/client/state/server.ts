/** The one connection to the server that this page is from. */
import { Api } from '../api.ts';

export const api = new Api({
  fetch: (path, init) => fetch(path, init),
  after: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  signalAfter: (ms) => AbortSignal.timeout(ms),
});
