/** Who is there: signing in and out, and what the page may know. */
import type { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { OidcSignIn } from '../auth/oidc.ts';
import { isPassword } from '../auth/password.ts';
import { uploadRight } from '../auth/uploads.ts';
import type { RetrievalMode } from '../events.ts';
import { SUPPORTED_ENDINGS } from '../extract/media-type.ts';
import type { Reader } from '../store/store.ts';
import { type ConfigView, type MeView, signInRequest } from './api.ts';
import type { Ctx, Env, Parts } from './context.ts';
import { bodyOf, isSecure, refuse } from './reply.ts';

const SIGN_IN_PATH = '/auth/start';

export function peopleRoutes(app: Hono<Env>, parts: Parts): void {
  app.get('/api/config', async (c) => c.json<ConfigView>(await configView(c.get('reader'), parts)));
  app.get('/api/me', (c) => c.json<MeView>({ ...c.get('reader'), auth: parts.settings.auth.how.kind }));
  app.post('/api/sign-in', (c) => signIn(c, parts));
  app.post('/api/sign-out', (c) => {
    c.header('set-cookie', parts.visitors.signOut(isSecure(c)));
    return c.body(null, 204);
  });
  if (parts.oidc !== null) oidcRoutes(app, parts, parts.oidc);
}

async function configView(reader: Reader, { version, settings, documents, retriever }: Parts): Promise<ConfigView> {
  const { auth, page, limits, retrieval } = settings;
  const { title, examples, speechInput, speechOutput, languagePicker } = page;
  return {
    version,
    auth: auth.how.kind,
    signInUrl: auth.how.kind === 'oidc' ? SIGN_IN_PATH : null,
    title,
    examples,
    retrieval: retrievalFor(reader, await retriever.verdictSoFar()),
    mayUpload: uploadRight(reader, settings).kind !== 'none',
    uploadBytesMax: limits.uploadBytesMax,
    uploadTypes: SUPPORTED_ENDINGS.map((ending) => `.${ending}`),
    speechInput,
    speechOutput,
    languagePicker,
    defaults: {
      top: retrieval.top,
      followups: retrieval.followups,
      rerank: documents.searchRanked !== undefined || retrieval.rerank === 'model',
    },
  };
}

const SEARCHES: Readonly<Record<RetrievalMode, string>> = {
  hybrid: 'Words and meaning are searched.',
  text: 'Words are searched.',
  vectors: 'Meaning is searched.',
};

/** What was measured, and which setting changes it, is for who can set it. */
function retrievalFor({ isAdmin }: Reader, found: ConfigView['retrieval']): ConfigView['retrieval'] {
  if (isAdmin) return found;
  const why = found.isProbing ? 'How the documents are searched best is being found out.' : SEARCHES[found.mode];
  return { ...found, why };
}

/** Tries are counted for the name and for the address: neither one name from many places, nor many names from one. */
async function signIn(c: Ctx, { settings, visitors, rates, log }: Parts): Promise<Response> {
  const { how } = settings.auth;
  if (how.kind !== 'password') return refuse(c, 404, 'noPasswords', 'Nobody signs in with a password here.');
  const read = await bodyOf(c, signInRequest);
  if (read.kind === 'refused') return read.response;
  const { user, password } = read.value;
  const waitMs = Math.max(rates.signIns.take(`user ${user}`), rates.signIns.take(`address ${c.get('client')}`));
  if (waitMs > 0) return refuse(c, 429, 'tooManyTries', 'Too many tries to sign in; wait a little.', waitMs);
  const entry = how.users.find((each) => each.user === user) ?? null;
  if (!(await isPassword(password, entry?.hash.reveal() ?? null)) || entry === null) {
    log('warn', 'A try to sign in failed.', { user });
    return refuse(c, 401, 'wrongPassword', 'Name or password is wrong.');
  }
  // Only tries that fail count: a whole office may come from one address.
  rates.signIns.giveBack(`user ${user}`);
  rates.signIns.giveBack(`address ${c.get('client')}`);
  c.header('set-cookie', visitors.signIn({ user, groups: [...entry.groups] }, isSecure(c)));
  return c.json<MeView>({ ...visitors.readerOf(user, entry.groups), auth: how.kind });
}

function oidcRoutes(app: Hono<Env>, { visitors, log }: Parts, oidc: OidcSignIn): void {
  app.get(SIGN_IN_PATH, async (c) => {
    const { location, setCookie } = await oidc.begin();
    c.header('set-cookie', setCookie);
    return c.redirect(location);
  });
  app.get('/auth/callback', async (c) => {
    try {
      const signedIn = await oidc.end(new URL(c.req.url).search, getCookie(c, OidcSignIn.cookieName) ?? '');
      if (signedIn !== null && signedIn.user !== '') {
        c.header('set-cookie', visitors.signIn(signedIn, oidc.isSecure));
        return c.redirect('/');
      }
    } catch (error) {
      log('warn', 'The identity provider did not sign a user in.', { reason: String(error) });
    }
    return refuse(c, 401, 'notSignedIn', `You were not signed in. Begin again at ${SIGN_IN_PATH}.`);
  });
}
