/** The look of the report, light and dark. */
export const REPORT_STYLE = `
:root { --ground: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d5dae0; --panel: #f6f7f9; --good: #00664b; --bad: #a8320a; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --ink: #e8eaed; --soft: #a3adb8; --line: #2c323a; --panel: #1c2026; --good: #35c79a; --bad: #ff8a4c; }
}
html { color-scheme: light dark; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 24px; }
h1 { font-size: 24px; margin: 0 0 8px; }
h2 { font-size: 18px; margin: 32px 0 8px; }
.soft { color: var(--soft); font-weight: 400; }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { font-variant-numeric: tabular-nums; }
details { border-bottom: 1px solid var(--line); padding: 6px 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary:focus-visible { outline: 2px solid var(--good); outline-offset: 2px; }
dl { margin: 8px 0 8px 16px; padding: 8px 16px; background: var(--panel); border-radius: 6px; }
dt { font-weight: 600; }
dd { margin: 0 0 8px; overflow-wrap: anywhere; }
dd ol { margin: 0; padding-left: 24px; }
.answer { white-space: pre-wrap; }
@media print { details:not([open]) { display: block; } }
`;
