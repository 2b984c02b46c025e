/**
 * The widget's styles, within its shadow root. As a sheet that is made by script they need no `style-src` of the page around it.
 * `--spillway-accent` and `--spillway-on-accent` may be set from outside.
 */
export const STYLE = `
:host {
  all: initial;
  color-scheme: light dark;
  --ground: light-dark(#f4f6f7, #0e1418);
  --surface: light-dark(#ffffff, #161e24);
  --ink: light-dark(#14202a, #e4ecf1);
  --quiet: light-dark(#53636f, #9aabb7);
  --line: light-dark(#dce3e8, #27323a);
  --field: light-dark(#8393a0, #677885);
  --accent: var(--spillway-accent, light-dark(#0b5f7d, #62c3e3));
  --on-accent: var(--spillway-on-accent, light-dark(#ffffff, #06222d));
  --wash: light-dark(#e3f0f5, #14303b);
  --trough: light-dark(#e6ebef, #26323a);
  --wait: light-dark(#8a5000, #f0b960);
  --wait-wash: light-dark(#fbeed8, #38290f);
  --bad-wash: light-dark(#fce8e6, #3d1916);
  display: block;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans KR", sans-serif;
  font-variant-numeric: tabular-nums;
  color: var(--ink);
}
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
* { box-sizing: border-box; }
p, ul, ol, blockquote { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a { color: var(--accent); }
button { font: inherit; color: inherit; cursor: pointer; }
button:disabled { cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.root { color: var(--ink); }
.launcher, .panel { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; }
:host([position="bottom-left"]) :is(.launcher, .panel) { right: auto; left: 20px; }
.launcher {
  display: grid; place-items: center; width: 56px; height: 56px; border: 0; border-radius: 28px;
  background: var(--accent); color: var(--on-accent); box-shadow: 0 6px 24px rgb(0 0 0 / 25%);
}
.launcher .icon { width: 26px; height: 26px; }
.panel {
  display: flex; flex-direction: column; width: 400px; height: min(640px, calc(100dvh - 40px)); overflow: hidden;
  border: 1px solid var(--line); border-radius: 16px; background: var(--ground);
  box-shadow: 0 8px 32px light-dark(rgb(20 32 42 / 20%), rgb(0 0 0 / 55%));
}
:host([position="inline"]) { height: 560px; }
:host([position="inline"]) .root { height: 100%; }
:host([position="inline"]) .panel { position: static; width: 100%; height: 100%; box-shadow: none; }
@media (max-width: 480px) {
  :host(:not([position="inline"])) .panel { inset: 0; width: auto; height: auto; border: 0; border-radius: 0; }
}
header {
  display: flex; align-items: center; gap: 4px; padding: 8px 8px 8px 16px;
  border-bottom: 1px solid var(--line); background: var(--surface);
}
.heading { flex: 1; min-width: 0; font-weight: 650; overflow-wrap: anywhere; }
.scroll { flex: 1; min-height: 0; overflow-y: auto; padding: 16px; display: flex; flex-direction: column; gap: 16px; }
.scroll:focus-visible { outline-offset: -2px; }
.quiet { color: var(--quiet); }
.turn { display: grid; gap: 10px; min-width: 0; }
.question {
  justify-self: end; max-width: 88%; padding: 8px 12px; border-radius: 14px 14px 4px 14px;
  background: var(--wash); white-space: pre-wrap; overflow-wrap: anywhere;
}
.answer { display: grid; gap: 10px; min-width: 0; }
.prose { display: grid; gap: 10px; min-width: 0; line-height: 1.6; overflow-wrap: anywhere; }
.prose:empty { display: none; }
.prose :is(h1, h2, h3, h4, h5, h6) { margin: 4px 0 0; font-size: 1.03rem; font-weight: 650; }
.prose :is(ul, ol) { display: grid; gap: 4px; padding-left: 22px; list-style: disc; }
.prose ol { list-style: decimal; }
.prose .task { list-style: none; }
.prose hr { width: 100%; margin: 4px 0; border: 0; border-top: 1px solid var(--line); }
.prose blockquote { padding-left: 12px; border-left: 3px solid var(--line); color: var(--quiet); }
.prose :is(code, pre) { font: 0.87em/1.5 ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace; }
.prose code { padding: 1px 5px; border-radius: 5px; background: var(--trough); }
.prose pre { margin: 0; padding: 12px; overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.prose pre code { padding: 0; background: none; }
.prose .wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.prose table { border-collapse: collapse; overflow-wrap: break-word; font-size: 0.92em; }
.prose :is(th, td) { padding: 6px 10px; text-align: left; vertical-align: baseline; }
.prose td { border-top: 1px solid var(--line); }
.prose [align="right"] { text-align: right; }
.prose [align="center"] { text-align: center; }
.doubted { text-decoration: underline dotted var(--wait) 2px; text-underline-offset: 4px; }
.cite, .number {
  display: inline-grid; place-items: center; min-width: 22px; height: 22px; padding: 0 5px; border: 0; border-radius: 11px;
  background: var(--wash); color: var(--accent); font-size: 12px; font-weight: 650; line-height: 1;
}
.cite { margin: 0 2px; vertical-align: 1px; min-width: 24px; height: 24px; border-radius: 12px; }
.cite:hover { background: var(--accent); color: var(--on-accent); }
.sources { display: grid; gap: 6px; }
details { border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
summary { display: flex; align-items: center; gap: 8px; min-height: 36px; padding: 4px 10px; border-radius: 10px; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
.name { flex: 1; min-width: 0; overflow-wrap: anywhere; }
details blockquote {
  max-height: 200px; overflow-y: auto; margin: 2px 10px 8px; padding-left: 10px; border-left: 3px solid var(--accent);
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.93em;
}
details a { display: inline-block; margin: 0 10px 10px; }
.note { display: grid; gap: 6px; justify-items: start; padding: 10px 12px; border-radius: 10px; }
.note.wait { background: var(--wait-wash); }
.note.bad { background: var(--bad-wash); }
.note .title { font-weight: 650; }
.note .quiet { color: inherit; }
.note button, .offered button {
  min-height: 36px; padding: 6px 12px; border: 1px solid var(--field); border-radius: 10px; background: var(--surface); text-align: left;
}
.note button:disabled { opacity: 0.75; }
.offered { display: grid; gap: 6px; }
.offered button { width: 100%; color: var(--accent); overflow-wrap: anywhere; }
.offered button:hover { background: var(--wash); }
form { display: flex; align-items: end; gap: 6px; padding: 10px; border-top: 1px solid var(--line); background: var(--surface); }
textarea {
  flex: 1; min-width: 0; resize: none; padding: 8px 10px; border: 1px solid var(--field); border-radius: 10px;
  background: var(--ground); color: var(--ink); font: inherit;
}
textarea::placeholder { color: var(--quiet); opacity: 1; }
.iconButton { display: grid; flex: none; place-items: center; width: 40px; height: 40px; border: 0; border-radius: 20px; background: none; color: var(--quiet); }
.iconButton:hover { background: var(--trough); }
.iconButton.main { background: var(--accent); color: var(--on-accent); }
.iconButton.main:disabled { background: var(--trough); color: var(--quiet); }
.icon { width: 20px; height: 20px; fill: none; stroke: currentcolor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
@media (prefers-reduced-motion: no-preference) {
  .phase { animation: phase 1.6s ease-in-out infinite alternate; }
  @keyframes phase { from { opacity: 1; } to { opacity: 0.75; } }
}
`;
