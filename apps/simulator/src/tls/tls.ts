/** TLS of all ports of one simulator: one CA, and the certificates that its servers show. */
import { resolve } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { systemClock } from '@spillway/clock';
import type { ServerCertificate } from './certificates.ts';
import type { TlsPlan } from './tls-options.ts';

/**
 * What every certificate is good for: this machine, and the names that Azure's clients ask for where they are led here by a proxy or
 * a hosts file (wire §1.1).
 */
const HOSTS: readonly string[] = [
  'localhost',
  '*.localhost',
  '127.0.0.1',
  '::1',
  'management.azure.com',
  'login.microsoftonline.com',
  '*.openai.azure.com',
  '*.services.ai.azure.com',
  '*.cognitiveservices.azure.com',
  '*.metrics.monitor.azure.com',
];

/** Many clients, Node among them, match no wildcard directly below a top-level name: such hosts get a certificate of their own. */
const BELOW_LOCALHOST = /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?\.localhost$/;
/** Hosts with a certificate of their own; others get that of everybody. */
export const OWN_CERTIFICATES_MAX = 100;

/** As the certificate is needed by whoever is to trust it. */
export interface TrustedCa {
  /** PEM. */
  readonly ca: string;
  /** Absolute path of the same. */
  readonly caFile: string;
}

/** What a TLS server needs: the certificate of everybody, and the choice of another by the name that a client asks for. */
export interface ServerContexts {
  readonly common: ServerCertificate;
  contextFor(host: string): Promise<SecureContext>;
}

interface Opened {
  readonly trusted: TrustedCa;
  readonly contexts: ServerContexts;
}

export class Tls {
  readonly #plan: TlsPlan;
  readonly #hosts: readonly string[];
  #opened: Promise<Opened> | null = null;

  /** @param host that the ports listen on. */
  constructor(plan: TlsPlan, host: string) {
    this.#plan = plan;
    this.#hosts = HOSTS.includes(host) ? HOSTS : [...HOSTS, host];
  }

  /** @throws Error that names the file and the way out. */
  async contexts(): Promise<ServerContexts> {
    return (await this.#once()).contexts;
  }

  /** @throws as {@link contexts}. */
  async trusted(): Promise<TrustedCa> {
    return (await this.#once()).trusted;
  }

  /** However many ports ask: one CA. */
  #once(): Promise<Opened> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<Opened> {
    const [{ openAuthority }, { issue }] = await Promise.all([
      import('./authority-file.ts'),
      import('./certificates.ts'),
    ]);
    // Of the machine's clock: the simulated one may be years away, and clients look at their own.
    const nowMs = systemClock.nowMs();
    const authority = await openAuthority(this.#plan, nowMs);
    const common = await issue(authority, this.#hosts, nowMs);
    const forEverybody = createSecureContext(common);
    const ofHost = new Map<string, Promise<SecureContext>>();
    const contextFor = (host: string): Promise<SecureContext> => {
      const name = host.toLowerCase();
      const known = ofHost.get(name);
      if (known !== undefined) return known;
      if (!BELOW_LOCALHOST.test(name) || ofHost.size >= OWN_CERTIFICATES_MAX) return Promise.resolve(forEverybody);
      const made = issue(authority, [name, ...this.#hosts], nowMs).then(createSecureContext);
      ofHost.set(name, made);
      return made;
    };
    const ca = `${authority.certificate.toString('pem')}\n`;
    return { trusted: { ca, caFile: resolve(this.#plan.caFile) }, contexts: { common, contextFor } };
  }
}
