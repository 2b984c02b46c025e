/** What the report of a run has beyond the pages of this program's other reports. */
export const REPORT_STYLE = `
.mode { font-size: 17px; max-width: none; }
.warnings { margin: 12px 0; padding: 10px 16px 10px 34px; background: var(--panel); border-left: 4px solid var(--red); max-width: 90ch; }
.warnings li { margin: 2px 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0 8px; padding: 0; }
.tiles div { background: var(--panel); border-radius: 6px; padding: 10px 14px; }
.tiles dt { color: var(--soft); font-weight: 400; font-size: 13px; }
.tiles dd { color: var(--ink); font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
.tiles .unit { font-size: 13px; font-weight: 400; color: var(--soft); }
dl.tiles { grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
dl.run { grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 4px 24px; }
dl.run div { display: flex; gap: 10px; border-bottom: 1px solid var(--grid); padding: 2px 0; min-width: 0; }
dl.run dt { font-weight: 400; color: var(--soft); white-space: nowrap; }
dl.run dd { color: var(--ink); overflow-wrap: anywhere; margin-left: auto; text-align: right; }
svg .bars { fill-opacity: 0.45; }
.beside { display: flex; flex-wrap: wrap; gap: 0 56px; align-items: flex-start; }
.beside > div { min-width: 0; max-width: 100%; }
.beside > figure { flex: 1 1 300px; margin-top: 24px; }
td:first-child { min-width: 9em; }
h1, h2, .mode, .verdict { overflow-wrap: anywhere; }
td.better { color: var(--green); }
td.worse { color: var(--red); font-weight: 600; }
.group { border-left: 1px solid var(--grid); padding-left: 12px; }
.scroll:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
@media (max-width: 600px) { dl.tiles { display: grid; grid-template-columns: 1fr 1fr; } .tiles dd { font-size: 18px; } h1 { font-size: 22px; } }
`;
