/**
 * A policy against Microsoft's schemas, at every level: children of `retry`, `choose` and their likes are skipped by the schema itself, so each
 * element is validated on its own, too.
 */
import { readFileSync } from 'node:fs';
import { XmlDocument, XmlElement, XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm';
import { fsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';
import { dataFile } from './data.ts';

/** Elements that hold other policies, which the schema does not look into. */
const CONTAINERS = new Set(['policies', 'inbound', 'backend', 'outbound', 'on-error', 'retry', 'when', 'otherwise']);
/** Declared inside of another, and validated with it. */
const INNER = new Set(['inbound', 'backend', 'outbound', 'on-error', 'when', 'otherwise']);

/** In place of whole numbers: API Management puts them in before it reads the policy, while the schema wants to see a number. */
const NUMBERS: Readonly<Record<string, string>> = { '{{client-tokens-per-minute}}': '1000' };

let known: XsdValidator | null = null;

function validator(): XsdValidator {
  if (known !== null) return known;
  xmlRegisterInputProvider(fsInputProviders);
  const path = dataFile('apim-xsd-patched', 'policies.xsd');
  const document = XmlDocument.fromString(readFileSync(path, 'utf8'), { url: path });
  known = XsdValidator.fromDoc(document);
  return known;
}

/** @returns what is wrong, one line each; empty: nothing. */
export function policyProblems(policy: string): readonly string[] {
  const text = Object.entries(NUMBERS).reduce((read, [name, value]) => read.replaceAll(name, value), policy);
  const problems: string[] = [];
  const validate = (name: string, part: string) => {
    try {
      const document = XmlDocument.fromString(part);
      try {
        validator().validate(document);
      } finally {
        document.dispose();
      }
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message.trim() : String(error)}`);
    }
  };
  let document: XmlDocument;
  try {
    document = XmlDocument.fromString(text);
  } catch (error) {
    return [`not well-formed: ${error instanceof Error ? error.message.trim() : String(error)}`];
  }
  try {
    for (const element of policiesIn(document.root)) validate(element.name, element.toString());
  } finally {
    document.dispose();
  }
  return problems;
}

/** Each that is declared for itself. */
function* policiesIn(element: XmlElement): Generator<XmlElement> {
  if (!INNER.has(element.name)) yield element;
  const isParent = CONTAINERS.has(element.name) || element.name === 'choose' || element.name === 'return-response';
  if (!isParent) return;
  for (const node of element.find('./*')) if (node instanceof XmlElement) yield* policiesIn(node);
}
