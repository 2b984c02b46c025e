/**
 * A small certificate authority: one key that signs, and certificates for servers on this machine (RFC 5280). It is loaded when TLS is
 * asked for, since what encodes certificates is large.
 */
import 'reflect-metadata';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** Of the subject of every CA that the simulator makes, and so what its files are known by. */
export const CA_NAME = 'Spillway simulator CA';

const DAY_MS = 86_400_000;
/** Of the CA. A simulator's is made anew at each start, unless its key is kept. */
const CA_DAYS = 3_650;
/** Of a server; clients refuse those of longer life (825 days, Apple). */
const SERVER_DAYS = 397;
/** Clocks of two machines differ. */
const BACKDATED_MS = DAY_MS;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Node and browsers name the type of a key in different places. */
type SigningKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

export interface Authority {
  readonly certificate: X509Certificate;
  readonly privateKey: SigningKey;
}

/** Certificate and private key of a server, as PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

export async function newAuthority(nowMs: number): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `CN=${CA_NAME}`,
    ...validity(nowMs, CA_DAYS),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      // It signs servers and no further authority.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, privateKey: keys.privateKey };
}

/** @param hosts names and addresses that it is good for; the first one names it. */
export async function issue(
  { certificate, privateKey }: Authority,
  hosts: readonly string[],
  nowMs: number,
): Promise<ServerCertificate> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const server = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: 'CN=Spillway simulator',
    issuer: certificate.subject,
    ...validity(nowMs, SERVER_DAYS),
    signingAlgorithm: SIGNING,
    publicKey: keys.publicKey,
    signingKey: privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(hosts.map(nameOf)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(certificate.publicKey),
    ],
  });
  return { cert: server.toString('pem'), key: await keyPem(keys.privateKey) };
}

function nameOf(host: string): JsonGeneralName {
  return { type: isIP(host) === 0 ? 'dns' : 'ip', value: host };
}

/** PKCS #8. */
export async function keyPem(key: SigningKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), PemConverter.PrivateKeyTag);
}

/** @throws where one of them is not what it should be, or they do not belong together. */
export async function authorityOf(certPem: string, privateKeyPem: string): Promise<Authority> {
  const certificate = new X509Certificate(certPem);
  const pkcs8 = PemConverter.decodeFirst(privateKeyPem);
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']);
  const publicKey = await certificate.publicKey.export(ALGORITHM, ['verify']);
  const probe = new TextEncoder().encode(CA_NAME);
  const signature = await crypto.subtle.sign(SIGNING, privateKey, probe);
  if (!(await crypto.subtle.verify(SIGNING, publicKey, signature, probe))) {
    throw new Error('the key is that of another certificate');
  }
  return { certificate, privateKey };
}

/** Positive, of 127 random bits (RFC 5280 §4.1.2.2). Hexadecimal. */
function newSerial(): string {
  const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x01, 0);
  return bytes.toString('hex');
}

function validity(nowMs: number, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(nowMs - BACKDATED_MS), notAfter: new Date(nowMs + days * DAY_MS) };
}
