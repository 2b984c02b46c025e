/** The document as a page to read: no script, nothing from elsewhere. */
import { escaped } from '../page/page.ts';
import { type ApiDocument, OPERATIONS, type Parameter, parametersOf, refusalsOf } from './document.ts';
import { type Answer, type AnswerBody, GROUPS, type Operation } from './operation.ts';
import { REFUSAL_STATUS } from './refusals.ts';
import { fieldsOf, linkTo, typeOf } from './schema-html.ts';

export function documentPage({ info, components }: ApiDocument): string {
  const groups = Object.entries(GROUPS).map(([group, title]) => ({
    id: group,
    title,
    operations: OPERATIONS.filter((each) => each.group === group),
  }));
  const links = [...groups.map(({ id, title }) => [id, title] as const), ['shapes', 'Shapes'] as const];
  return [
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(info.title)}: API</title>`,
    '<link rel="icon" href="/ui/icon.svg" type="image/svg+xml">',
    '<link rel="stylesheet" href="/openapi/style.css">',
    '<main>',
    `<h1>${escaped(info.title)}: API</h1>`,
    `<p>${text(info.description)}</p>`,
    `<p>Version ${escaped(info.version)}. For tools: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>`,
    `<nav aria-label="Contents"><ul>${links.map(([id, title]) => `<li><a href="#${id}">${escaped(title)}</a></li>`).join('')}</ul></nav>`,
    ...groups.map(
      ({ id, title, operations }) =>
        `<section id="${id}"><h2>${escaped(title)}</h2>${operations.map(operationHtml).join('\n')}</section>`,
    ),
    '<section id="shapes"><h2>Shapes</h2>',
    ...Object.entries(components.schemas).map(
      ([name, schema]) =>
        `<article id="${name}"><h3>${name}</h3>${said(schema.description)}${fieldsOf(schema)}</article>`,
    ),
    '</section>',
    '</main>\n</html>\n',
  ].join('\n');
}

/** What stands between two backquotes is code. */
function text(given: string): string {
  return escaped(given).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function said(description: string | undefined): string {
  return description === undefined ? '' : `<p>${text(description)}</p>`;
}

const ACCESS = { open: 'without signing in', admins: 'admins' } as const;

function operationHtml(operation: Operation): string {
  const { method, path, summary, access, body, answers } = operation;
  const parameters = parametersOf(operation);
  const pill = access === undefined ? '' : ` <span class="pill">${ACCESS[access]}</span>`;
  return [
    `<article><h3><span class="method ${method}">${method.toUpperCase()}</span> <code>${escaped(path)}</code>${pill}</h3>`,
    `<p>${text(summary)}</p><dl>`,
    ...parameters.map(parameterHtml),
    body === undefined ? '' : `<dt>Body</dt><dd>${linkTo(body.schema)} <span class="soft">${body.type}</span></dd>`,
    ...answers.map(answerHtml),
    refusalsHtml(operation),
    '</dl></article>',
  ].join('');
}

function parameterHtml({ name, in: place, description, schema }: Parameter): string {
  const says = description === undefined ? '' : `: ${text(description)}`;
  return `<dt><code>${escaped(name)}</code></dt><dd><span class="soft">${place}</span> ${typeOf(schema)}${says}</dd>`;
}

function answerHtml({ status, says, bodies }: Answer): string {
  const told = bodies.map((body) => `<li>${bodyHtml(body)}</li>`).join('');
  return `<dt>${status}</dt><dd>${text(says)}${told === '' ? '' : `<ul>${told}</ul>`}</dd>`;
}

function bodyHtml({ type, schema }: AnswerBody): string {
  const shapes = typeof schema === 'string' ? [] : schema.map(linkTo);
  return `<span class="soft">${type}</span> ${shapes.join(' or ')}`;
}

function refusalsHtml(operation: Operation): string {
  const codes = refusalsOf(operation).map((code) => `<li>${REFUSAL_STATUS[code]} <code>${code}</code></li>`);
  return codes.length === 0 ? '' : `<dt>Refused</dt><dd><ul class="codes">${codes.join('')}</ul></dd>`;
}
