/** The CA on the disk: its certificate always, its key only where a folder is given to keep it. */
import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Authority, authorityOf, CA_NAME, keyPem, newAuthority } from './certificates.ts';
import type { TlsPlan } from './tls-options.ts';

/** A kept CA that ends sooner is replaced: a test run that begins well should not end badly. 30 days. */
const REST_MS_MIN = 30 * 86_400_000;

/**
 * The CA that was kept, or a new one, written down.
 * @throws Error that names the file and the way out; nothing that is not a simulator's is ever overwritten.
 */
export async function openAuthority({ caFile, keyFile }: TlsPlan, nowMs: number): Promise<Authority> {
  const certPem = await textOf(caFile, 'caFile');
  if (certPem !== null && !isOwn(certPem)) {
    throw new Error(`tls.caFile: ${caFile} is there and is no certificate of a simulator; name another file`);
  }
  const privateKeyPem = keyFile === null ? null : await textOf(keyFile, 'folder');
  if (privateKeyPem !== null && !/^-----BEGIN PRIVATE KEY-----/.test(privateKeyPem)) {
    throw new Error(`tls.folder: ${keyFile} is there and is no private key; name another folder, or remove the file`);
  }
  const kept = certPem === null || privateKeyPem === null ? null : await goodAuthority(certPem, privateKeyPem, nowMs);
  if (kept !== null) return kept;
  const authority = await newAuthority(nowMs);
  if (keyFile !== null) await writeKey(keyFile, await keyPem(authority.privateKey));
  await writing('caFile', caFile, () => writeFile(caFile, `${authority.certificate.toString('pem')}\n`));
  return authority;
}

function isOwn(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject === `CN=${CA_NAME}`;
  } catch {
    return false;
  }
}

async function goodAuthority(certPem: string, privateKeyPem: string, nowMs: number): Promise<Authority | null> {
  try {
    const authority = await authorityOf(certPem, privateKeyPem);
    return authority.certificate.notAfter.getTime() - nowMs < REST_MS_MIN ? null : authority;
  } catch {
    return null;
  }
}

/** Readable by its owner alone, also where it was there before with other permissions. */
async function writeKey(path: string, pem: string): Promise<void> {
  await writing('folder', path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, `${pem}\n`, { mode: 0o600 });
    await chmod(path, 0o600);
  });
}

async function textOf(path: string, option: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new Error(`tls.${option}: ${path} cannot be read (${codeOf(error)}); name another one`);
  }
}

async function writing(option: string, path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new Error(
      `tls.${option}: ${path} cannot be written (${codeOf(error)}); name a file that can be${option === 'caFile' ? ', with --ca-file' : ''}`,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
