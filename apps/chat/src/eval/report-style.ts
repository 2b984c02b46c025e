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
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 8px; }
h2 { font-size: 18px; margin: 40px 0 8px; }
h3 { font-size: 15px; margin: 24px 0 4px; }
p { margin: 8px 0; }
small { display: block; font-size: 13px; font-weight: 400; color: var(--soft); }
.soft { color: var(--soft); font-weight: 400; }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.path { overflow-wrap: anywhere; }
.sum { font-size: 18px; }
.sum b { font-size: 32px; font-variant-numeric: tabular-nums; }
.verdict { margin: 16px 0; padding: 8px 16px; list-style: none; background: var(--panel); border-left: 4px solid; border-radius: 0 6px 6px 0; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 6px 0 6px 16px; border-bottom: 1px solid var(--line); vertical-align: baseline; }
th { text-align: left; padding-left: 0; }
thead th { color: var(--soft); font-size: 13px; font-weight: 600; }
td, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
th.number { padding-left: 16px; }
td.bar { width: 140px; }
meter { width: 124px; height: 10px; vertical-align: middle; background: var(--line); border: 0; border-radius: 5px; }
meter::-webkit-meter-bar { background: var(--line); border: 0; border-radius: 5px; }
meter::-webkit-meter-optimum-value { background: var(--good); border-radius: 5px; }
meter::-moz-meter-bar { background: var(--good); border-radius: 5px; }
details { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 8px 0 8px 22px; text-indent: -18px; overflow-wrap: anywhere; }
summary small { text-indent: 0; }
summary:hover { background: var(--panel); }
summary:focus-visible { outline: 2px solid var(--good); outline-offset: 2px; }
dl { margin: 0 0 12px 22px; padding: 12px 16px 4px; background: var(--panel); border-radius: 6px; }
dt { font-size: 13px; font-weight: 600; color: var(--soft); }
dd { margin: 0 0 8px; overflow-wrap: anywhere; }
dd ol { margin: 0; padding-left: 24px; }
.answer { white-space: pre-wrap; }
@media (max-width: 600px) {
  main { padding: 16px; }
  td.bar { display: none; }
  tr { display: flex; flex-wrap: wrap; padding: 6px 0; border-bottom: 1px solid var(--line); }
  th, td { flex: 1 1 0; padding: 0; border: 0; }
  th[scope="row"] { flex-basis: 100%; }
  thead th:first-child { display: none; }
  td, th.number { padding: 0; text-align: left; font-size: 13px; }
}
@media print { main { max-width: none; padding: 0; } details, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
`;
