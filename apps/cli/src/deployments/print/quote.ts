/** Texts as literals of the languages that are printed: whatever a name holds, it stays a name. Pure. */

/** A string of Bicep. Source: "Data types in Bicep: strings", Bicep documentation, read 2026-11-21. */
export function bicepString(text: string): string {
  return `'${text.replace(/[\\'\n\r\t]|\$(?=\{)/g, (sign) => BICEP_ESCAPES[sign] ?? sign)}'`;
}

const BICEP_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  $: '\\$',
};

/** A quoted template of HCL. Source: "Strings and templates", Terraform language documentation, read 2026-11-21. */
export function hclString(text: string): string {
  const escaped = text.replace(/[\\"\n\r\t]/g, (sign) => HCL_ESCAPES[sign] ?? sign);
  return `"${escaped.replace(/[$%](?=\{)/g, (sign) => sign + sign)}"`;
}

const HCL_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A string of a template of Azure Resource Manager, where `[…]` would be an expression. */
export function templateString(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? `[${text}` : text;
}
