/** JSON that was read, looked into step by step. */
export type JsonObject = { readonly [key: string]: unknown };

export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = path.reduce<unknown>((of, key) => (isObject(of) ? of[key] : undefined), value);
  if (!isObject(found)) throw new Error(`no object at ${path.join('.') || 'the top'}`);
  return found;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The resources inside of the template for the resource group, by symbol. */
export function innerResources(mainJson: string): Readonly<Record<string, JsonObject>> {
  const resources = objectAt(JSON.parse(mainJson), 'resources', 'resources', 'properties', 'template', 'resources');
  return Object.fromEntries(Object.entries(resources).map(([symbol, resource]) => [symbol, objectAt(resource)]));
}
