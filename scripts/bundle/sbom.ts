/** The libraries inside as scanners of vulnerabilities want them. Format: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/. */
import type { Library } from './third-party.ts';

/** @param version of Spillway. The same libraries give the same text: no time and no serial number is in it. */
export function sbom(version: string, libraries: readonly Library[]): string {
  const root = { type: 'application', 'bom-ref': `spillway@${version}`, name: 'spillway', version };
  const components = libraries.map(({ name, version, licence }) => ({
    type: 'library',
    'bom-ref': purlOf(name, version),
    name,
    version,
    purl: purlOf(name, version),
    licenses: [{ expression: licence }],
  }));
  const all = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component: root }, components };
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** Source: https://github.com/package-url/purl-spec, type npm: the `@` of a scope is written as %40. */
function purlOf(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
