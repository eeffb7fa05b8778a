/** The look of the report: one column, quiet, numbers first; light, dark and on paper. */

const light = `
  --ground: #fcfcfd; --part: #f0f0f3; --line: #d9d9e0; --weak: #60646c; --text: #1c2024; --good: #18794e; --warn: #8a5a00;
  --c0: #3e63dd; --c1: #0797b9; --c2: #8e4ec6; --c3: #6b7280; --c4: #b26a00; --c5: #2b9a66; --c6: #d13415; --c7: #b0307c; --c8: #3a3f47;
  --w0: #c4d2fb; --w1: #e0e8ff; --w2: #b9e6cd; --w3: #ffd9a8; --w4: #e6cdf5; --w5: #cfe9f0; --stripe: rgb(0 0 0 / 9%);
`
const dark = `
  --ground: #111113; --part: #1f2023; --line: #3a3c42; --weak: #b0b4ba; --text: #edeef0; --good: #4cc38a; --warn: #e2a336;
  --c0: #849dff; --c1: #3db9cf; --c2: #bf7af0; --c3: #a1a6ad; --c4: #f5b65a; --c5: #33b074; --c6: #ff8468; --c7: #f075b6; --c8: #d4d7dc;
  --w0: #26397a; --w1: #3d4e86; --w2: #1d4f38; --w3: #5c3a0c; --w4: #4a2a63; --w5: #164552; --stripe: rgb(255 255 255 / 12%);
`

export const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
:root.paper { color-scheme: light; ${light} }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1080px; background: var(--ground); color: var(--text);
  font: 14px/1.5 Inter, system-ui, sans-serif; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; text-wrap: balance; }
h2 { font-size: 16px; margin: 40px 0 4px; }
p { margin: 4px 0 8px; max-width: 76ch; }
.weak { color: var(--weak); }
.lead { font-size: 20px; line-height: 1.4; max-width: 60ch; margin: 16px 0; }
code { font: 13px ui-monospace, monospace; background: var(--part); padding: 2px 6px; border-radius: 4px; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13px; }
th { font-weight: 500; color: var(--weak); }
th, td { padding: 4px 8px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
td.name, th.name { text-align: left; }
tr.choice td { font-weight: 600; } tr.choice td:first-child::after { content: " ✓"; color: var(--good); }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 6px 12px; align-items: center; font-variant-numeric: tabular-nums; margin: 8px 0; }
.bar { display: flex; height: 18px; background: var(--part); border-radius: 3px; overflow: hidden; }
.bar i { height: 100%; min-width: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--weak); margin: 4px 0; }
.legend b { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 6px; vertical-align: -1px; }
.headers { background: var(--c4); } .chunks { background: var(--c2); } .frames { background: var(--c1); } .payload { background: var(--c5); }
.off { background: none; } .empty { background: repeating-linear-gradient(45deg, var(--c6) 0 4px, transparent 4px 7px); } .useful { background: var(--c5); }
.plot { margin: 8px 0; min-height: 320px; }
.u-legend { font-size: 12px; } .u-legend th { font-weight: 400; color: var(--text); border: 0; } .u-legend td { border: 0; }
svg.wide { min-width: 680px; } svg text { fill: var(--weak); font-size: 12px; } svg { width: 100%; height: auto; display: block; }
svg.key { display: inline-block; width: 34px; margin-right: 8px; vertical-align: middle; stroke-width: 2.5; }
.lane { stroke: var(--line); } .sent { fill: var(--text); } .late { stroke-width: 1; fill: none; opacity: .55; }
.note { color: var(--warn); }
sup { font-size: 9px; line-height: 0; }
.decision { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 10px; margin: 12px 0; font-size: 12px; }
.side { text-align: right; color: var(--weak); line-height: 24px; font-variant-numeric: tabular-nums; } .side.wanted { color: var(--text); font-weight: 600; }
.row, .top { position: relative; height: 24px; }
.row { background: var(--part); } .row span { position: absolute; top: 0; bottom: 0; overflow: hidden; padding: 0 6px; line-height: 24px; white-space: nowrap; color: var(--text); border-right: 1px solid var(--ground); }
.poll { background-image: repeating-linear-gradient(135deg, var(--stripe) 0 3px, transparent 3px 9px); }
.here { position: absolute; top: -2px; bottom: 0; width: 0; border-left: 2px dashed var(--text); margin-left: -1px; }
.spot { position: absolute; top: 50%; width: 12px; height: 12px; margin: -6px 0 0 -6px; border-radius: 50%; background: var(--text); border: 2px solid var(--ground); }
.top span { position: absolute; bottom: 4px; line-height: 1.2; transform: translateX(-50%); white-space: nowrap; background: var(--ground); padding: 0 4px; font-weight: 600; }
.top span.first { transform: none; } .top span.last { transform: translateX(-100%); }
.ticks { position: relative; height: 18px; font-size: 12px; color: var(--weak); } .ticks span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.ticks .first { transform: none; } .ticks .last { transform: translateX(-100%); }
.axis { text-align: center; color: var(--weak); }
.decision .legend b, .legend b.poll, .legend b.push { width: 16px; height: 14px; }
.note-plain { font-size: 13px; color: var(--weak); }
.delays { position: relative; height: 20px; background: var(--part); border-radius: 3px; }
.delays i { position: absolute; top: 0; bottom: 0; background: var(--way); } .delays i.here { background: none; opacity: 1; }
.delays u { position: absolute; text-decoration: none; } .p50 { top: 0; bottom: 0; width: 3px; margin-left: -1.5px; background: var(--text); }
.p99 { top: 3px; bottom: 3px; width: 9px; margin-left: -4.5px; border: 2px solid var(--text); border-radius: 2px; background: var(--ground); }
.legend b.tick50 { width: 3px; background: var(--text); } .legend b.tick99 { width: 9px; border: 2px solid var(--text); background: var(--ground); }
.legend b.wanted-line { width: 0; border-left: 2px dashed var(--text); border-radius: 0; }
.ways { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 16px; margin: 8px 0; } .ways dd { margin: 0; max-width: 76ch; } .ways dt { white-space: nowrap; }
@media (width < 560px) { body { padding: 20px 16px 48px; } h1 { font-size: 24px; } .lead { font-size: 17px; }
  .ways { grid-template-columns: minmax(0, 1fr); gap: 0; } .ways dd { margin: 0 0 8px; } .bars { gap: 6px 8px; font-size: 12px; } .decision { gap: 2px 6px; } .row span { padding: 0 3px; font-size: 11px; }
  .ticks span:nth-child(even) { display: none; } }
@media print { body { max-width: none; padding: 0; } .scroll { overflow: visible; }
  table { font-size: 10px; } th, td { padding: 2px 4px; white-space: normal; } svg.key { width: 20px; margin-right: 4px; }
  section { break-inside: avoid; } svg.wide { min-width: 0; } .u-legend .u-value { display: none; }
  .empty, .bar i, .legend b, .row, .row span, .delays, .delays i, .delays u, .spot { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`
