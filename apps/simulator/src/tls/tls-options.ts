/** Whether the simulator's ports speak TLS, and where the certificate is written that its clients are to trust. */
import { join } from 'node:path';

export interface TlsOptions {
  /** Path of the CA's certificate, for `NODE_EXTRA_CA_CERTS`. Default: `spillway-simulator-ca.pem`, in `folder` where that is given. */
  readonly caFile?: string;
  /**
   * Keeps the CA's private key, so that it is the same after a restart, and clients need not be told again. Whoever reads that key can
   * pretend to be anybody towards those who trust the CA. Default: the key is never written.
   */
  readonly folder?: string;
}

/** The options with nothing left open. */
export interface TlsPlan {
  readonly caFile: string;
  /** null: the key ends with the process. */
  readonly keyFile: string | null;
}

const CA_FILE = 'spillway-simulator-ca.pem';
const KEY_FILE = 'spillway-simulator-ca-key.pem';

/** @returns null where the ports speak plain http alone. */
export function tlsOf(options: boolean | TlsOptions = false): TlsPlan | null {
  if (options === false) return null;
  const { caFile, folder } = options === true ? {} : options;
  return {
    caFile: caFile ?? (folder === undefined ? CA_FILE : join(folder, CA_FILE)),
    keyFile: folder === undefined ? null : join(folder, KEY_FILE),
  };
}
