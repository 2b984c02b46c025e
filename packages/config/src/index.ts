/** Configuration: text in; a Config, or every error at once, out. Pure; reading files and variables is the app's. */
export * from './config.ts';
export { describeConfig } from './describe.ts';
export { configFromEnvironment } from './environment.ts';
export type { FileKind, JsonSchema } from './file-kind.ts';
export { Findings, printError } from './findings.ts';
export { configFromYaml, secretFilesIn, type YamlInput } from './from-yaml.ts';
export { checkAgainst } from './issues.ts';
export { KEY_CHARS_MAX, VISIBLE_ASCII, whole } from './kinds.ts';
export { formatPath, isRecord, type Path, type Source, valueAt } from './place.ts';
export { type PricesRead, pricesFromYaml } from './price-file.ts';
export { configReference, schemaSections } from './reference.ts';
export { jsonSchema, jsonSchemaOf } from './schema-json.ts';
export { fillSecrets } from './secrets.ts';
export { didYouMean } from './suggest.ts';
export { urlProblem } from './url.ts';
export { readYaml, type YamlText } from './yaml.ts';
