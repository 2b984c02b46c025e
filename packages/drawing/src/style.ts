/**
 * The look of figures and page. Colours are those of Okabe and Ito, which people who see colours differently can tell apart, a shade
 * lighter on dark ground; besides, lines differ by their dashes. Nothing depends on colour alone.
 */

const LIGHT = `
  --ground: #ffffff; --panel: #f6f7f9; --ink: #1b1f24; --soft: #57606a; --grid: #e3e6ea; --axis: #9aa4af;
  --blue: #0072b2; --sky: #56b4e9; --orange: #b86e00; --green: #007a5a; --red: #c24a00; --purple: #a84f86; --shade: #eceff2;`;
const DARK = `
  --ground: #14171b; --panel: #1c2026; --ink: #e8eaed; --soft: #a3adb8; --grid: #2c323a; --axis: #66707c;
  --blue: #56b4e9; --sky: #3b8fc4; --orange: #f0b040; --green: #35c79a; --red: #ff8a4c; --purple: #e29ac4; --shade: #20252c;`;

/** For figures alone, too. */
export const FIGURE_STYLE = `
:root {${LIGHT}
}
@media (prefers-color-scheme: dark) { :root {${DARK}
} }
@media print { :root {${LIGHT}
} }
svg { font: 11px system-ui, sans-serif; color: var(--ink); }
svg text { fill: var(--ink); }
svg .title { font-size: 13px; font-weight: 600; }
svg .subtitle, svg .unit, svg .tick { fill: var(--soft); font-size: 10.5px; font-weight: 400; }
svg .panel-title { font-size: 11px; font-weight: 600; }
svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; }
svg .tick, svg .value { font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--grid); }
svg .axis { stroke: var(--axis); }
svg .warm-up { fill: var(--shade); }
svg .line { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
svg .area { fill-opacity: 0.3; stroke-width: 1; }
svg .line.limit { stroke-dasharray: 5 3; }
svg .line.real { stroke-width: 2.6; stroke-opacity: 0.65; }
svg .line.believed { stroke-width: 1.2; stroke-dasharray: 3 2; }
svg .load { --tone: var(--blue); }
svg .arrived { --tone: var(--sky); }
svg .limit { --tone: var(--ink); }
svg .real { --tone: var(--green); }
svg .believed { --tone: var(--orange); }
svg .refused { --tone: var(--red); }
svg .waited, svg .spilled { --tone: var(--purple); }
svg .line, svg .area { stroke: var(--tone); }
svg .area, svg .bars { fill: var(--tone); }
svg text.name { fill: var(--tone); font-size: 10.5px; }
svg text.name.arrived { fill: var(--blue); }
svg .spread { stroke: var(--tone); stroke-width: 2; stroke-linecap: round; }
svg .dot { fill: var(--tone); stroke: var(--ground); stroke-width: 1.5; }
svg .mark { --tone: var(--ink); }
svg .mark text { font-size: 10.5px; paint-order: stroke; stroke: var(--ground); stroke-width: 3; }
svg .ours { --tone: var(--blue); }
svg .ours text { font-weight: 600; }
svg .other { --tone: var(--axis); }
`;

export const PAGE_STYLE = `
* { box-sizing: border-box; }
html { color-scheme: light dark; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main, header { max-width: 1150px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
h1 { margin: 0; font-size: 26px; line-height: 1.2; }
h2 { margin: 48px 0 4px; padding-top: 16px; border-top: 1px solid var(--grid); font-size: 20px; }
h3 { margin: 24px 0 8px; font-size: 15px; }
p { margin: 4px 0 12px; max-width: 75ch; }
a { color: var(--blue); }
.soft { color: var(--soft); }
.verdict { font-size: 17px; font-weight: 600; }
.holds { color: var(--green); }
.missed { color: var(--red); font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
th .unit { display: block; font-weight: 400; font-size: 11.5px; }
.number { text-align: right; white-space: nowrap; }
tr.ours td { font-weight: 600; }
td.strategy { white-space: nowrap; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 28px 32px; margin: 12px 0 8px; }
figure { margin: 0; break-inside: avoid; }
figure svg { display: block; width: 100%; max-width: 400px; height: auto; }
nav ul { columns: 3 260px; padding-left: 18px; margin: 8px 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; font-size: 13px; }
dt { font-weight: 600; }
dd { margin: 0; color: var(--soft); }
footer { margin: 48px 0 32px; }
@media (max-width: 600px) { main, header { padding-left: 16px; padding-right: 16px; } dl { display: block; } }
@media print {
  body { font-size: 11px; }
  main, header { max-width: none; padding: 0; }
  .figures { grid-template-columns: repeat(3, 1fr); gap: 16px; }
  h2, h3 { break-after: avoid; }
  table { break-inside: avoid; }
}
`;
