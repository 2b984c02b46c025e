/** Configuration: text in; a Config, or every error at once, out. Pure; reading files and variables is the app's. */
export * from './config.ts';
export { describeConfig } from './describe.ts';
export { configFromEnvironment } from './environment.ts';
export { printError } from './findings.ts';
export { configFromYaml, secretFilesIn, type YamlInput } from './from-yaml.ts';
export { configReference } from './reference.ts';
export { jsonSchema } from './schema-json.ts';
