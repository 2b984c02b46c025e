/** The look of the document's page, light and dark, from a phone's width on. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#f4f6f7, #0e1418); --surface: light-dark(#ffffff, #161e24);
  --ink: light-dark(#14202a, #e4ecf1); --soft: light-dark(#53636f, #9aabb7); --line: light-dark(#dce3e8, #27323a);
  --accent: light-dark(#0b5f7d, #62c3e3); --wash: light-dark(#e3f0f5, #14303b); --bad: light-dark(#b3261e, #ff8b80); }
* { box-sizing: border-box; }
html { scroll-padding-top: 8px; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 920px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 8px; }
h2 { font-size: 19px; margin: 40px 0 8px; }
h3 { font-size: 15px; margin: 0; }
p { margin: 6px 0; }
a { color: var(--accent); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code { font: 13px/1.5 ui-monospace, monospace; }
ul, ol, dl, dd { margin: 0; padding: 0; list-style: none; }
nav ul, .codes { display: flex; flex-wrap: wrap; gap: 4px 16px; }
nav { margin: 16px 0; }
article { margin: 12px 0; padding: 12px 16px; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
article:target { border-color: var(--accent); }
article > dl { margin-top: 8px; }
dl { display: grid; grid-template-columns: minmax(88px, max-content) minmax(0, 1fr); gap: 4px 16px; }
dt { color: var(--soft); }
dt code { color: var(--ink); }
.fields { padding: 4px 0; }
.fields .fields { border-left: 2px solid var(--line); padding-left: 12px; }
.choice > li { margin: 8px 0; padding-left: 12px; border-left: 2px solid var(--line); }
.soft { color: var(--soft); font-size: 13px; }
.pill { padding: 1px 8px; border-radius: 999px; background: var(--wash); font-size: 12px; font-weight: 400; white-space: nowrap; }
.method { color: var(--accent); font-size: 13px; letter-spacing: 0.04em; }
.method.delete { color: var(--bad); }
@media (max-width: 560px) {
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin: 0 0 8px 12px; }
  article { padding: 12px; }
}
`.trimStart();
