/** What is measured, and how each of them is started. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** direct: the backend without a proxy. gateway: without logs. gateway-logged: JSON logs to a file. */
export const SUBJECT_NAMES = ['direct', 'nginx', 'undici', 'gateway', 'gateway-logged'] as const;
export type SubjectName = (typeof SUBJECT_NAMES)[number];

export function isSubjectName(name: string): name is SubjectName {
  return SUBJECT_NAMES.some((known) => known === name);
}

/** A subject that is a process of its own. */
export type ProxyName = Exclude<SubjectName, 'direct'>;

export interface Site {
  /** The checkout. */
  readonly root: string;
  /** A folder that only this run writes to. */
  readonly workDir: string;
  /** Path of the Node that runs JavaScript proxies. */
  readonly node: string;
  readonly nginx: string;
  /** Loopback ports of the fake backends. */
  readonly backendPorts: readonly number[];
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment: nothing of the caller's leaks into what is measured. */
  readonly env: Readonly<Record<string, string>>;
  /** Working directory; stdout.log and stderr.log are there. */
  readonly dir: string;
}

/** Not a secret: nothing but the fake backend ever sees it. */
const BACKEND_KEY = 'backend-key-0123456789abcdef0123';

/** As package.json and the `spillway` command itself start it. */
const NODE_FLAGS = ['--max-semi-space-size=8'];

/** Makes the subject's folder and settings, and says how to start it. `adminPort` is used by the gateway alone. */
export function prepare(name: ProxyName, port: number, adminPort: number, site: Site): Command {
  const dir = path.join(site.workDir, `${name}-${port}`);
  mkdirSync(dir, { recursive: true });
  switch (name) {
    case 'nginx': {
      const template = readFileSync(path.join(site.root, 'bench/nginx.conf'), 'utf8');
      const file = path.join(dir, 'nginx.conf');
      writeFileSync(file, nginxConf(template, port, dir, site.backendPorts));
      return { file: site.nginx, args: ['-c', file], env: {}, dir };
    }
    case 'undici': {
      const env = {
        PORT: String(port),
        BACKEND_PORTS: site.backendPorts.join(','),
        BACKEND_KEY,
        NODE_ENV: 'production',
      };
      return { file: site.node, args: [path.join(site.root, 'bench/undici-proxy.ts')], env, dir };
    }
    case 'gateway':
      return gateway(site, dir, port, adminPort, ['--log-level', 'silent']);
    case 'gateway-logged':
      return gateway(site, dir, port, adminPort, []);
  }
}

function gateway(site: Site, dir: string, port: number, adminPort: number, logFlags: readonly string[]): Command {
  const ports = ['--port', String(port), '--admin-port', String(adminPort)];
  return {
    file: site.node,
    args: [
      ...NODE_FLAGS,
      path.join(site.root, 'apps/cli/bin/spillway.mjs'),
      'gateway',
      ...ports,
      '--log-format',
      'json',
      ...logFlags,
    ],
    env: { NODE_ENV: 'production', ...gatewayEnvironment(site.backendPorts) },
    dir,
  };
}

/** The configuration of the Container Apps sample: every backend of the same priority. */
export function gatewayEnvironment(backendPorts: readonly number[]): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [i, port] of backendPorts.entries()) {
    env[`BACKEND_${i + 1}_URL`] = `http://127.0.0.1:${port}`;
    env[`BACKEND_${i + 1}_PRIORITY`] = '1';
    env[`BACKEND_${i + 1}_APIKEY`] = BACKEND_KEY;
  }
  return env;
}

/** Fills in nginx.conf. A word in double braces that is unknown stays, and nginx names its line. */
export function nginxConf(template: string, port: number, dir: string, backendPorts: readonly number[]): string {
  const words: Readonly<Record<string, string>> = {
    PORT: String(port),
    DIR: dir,
    KEY: BACKEND_KEY,
    SERVERS: backendPorts.map((backend) => `server 127.0.0.1:${backend} max_fails=0;`).join(' '),
  };
  return template.replace(/\{\{(\w+)\}\}/g, (whole, word: string) => words[word] ?? whole);
}
