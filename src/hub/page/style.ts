/** The page's style: one sheet, two palettes, no pictures and no fonts of others. */
export const STYLE_TEXT = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --raised: #ffffff; --ink: #1f1d1a; --soft: #6b655c; --line: #e5e0d6; --faint: #f3f0e9;
  --accent: #0f766e; --accent-ink: #ffffff; --focus: #0f766e;
  --added: #e3f4e6; --added-ink: #14652c; --added-mark: #b5e3bf;
  --removed: #fbe6e3; --removed-ink: #a12a1c; --removed-mark: #f4c0b8;
  --modified: #fcf1d9; --modified-ink: #7c5406;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  --serif: ui-serif, "Iowan Old Style", "Palatino Linotype", Georgia, "Liberation Serif", serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181a; --raised: #1d2023; --ink: #e7e3db; --soft: #a19b90; --line: #33373a; --faint: #202427;
    --accent: #4fc3b4; --accent-ink: #0d1f1d; --focus: #4fc3b4;
    --added: #16301f; --added-ink: #86d69b; --added-mark: #215a33;
    --removed: #3a1d1a; --removed-ink: #f2a296; --removed-mark: #6b2c24;
    --modified: #352a12; --modified-ink: #e6bf6b;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.55 var(--sans); background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; overflow-wrap: break-word; }
main { flex: 1; width: 100%; }
main:focus { outline: none; }
.wide { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; width: 100%; }
a {
  color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 3px;
  text-decoration-color: color-mix(in srgb, currentColor 35%, transparent);
}
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
h1, h2, h3, h4 { line-height: 1.25; font-weight: 600; margin: 0; text-wrap: balance; }
h1 { font: 500 1.9rem/1.2 var(--serif); letter-spacing: -.01em; }
h2 { font-size: 1.05rem; }
p { margin: .6rem 0; }
code, pre, .hash, .mono { font-family: var(--mono); font-size: .86em; }
ul { padding-left: 1.2rem; }
.quiet, time, .kind { color: var(--soft); }
.skip { position: absolute; left: -999px; top: 0; padding: .5rem 1rem; background: var(--raised); z-index: 10; }
.skip:focus { left: 1rem; top: .5rem; }

.top { border-bottom: 1px solid var(--line); background: var(--raised); }
.top .wide { display: flex; align-items: center; justify-content: space-between; min-height: 3.4rem; gap: 1rem; }
.top nav { display: flex; gap: .9rem; align-items: baseline; font-size: .92rem; }
.top form { margin: 0; }
.home {
  display: flex; align-items: center; gap: .55rem; color: var(--ink); text-decoration: none;
  font: 600 1.02rem/1 var(--sans); padding: .4rem 0;
}
.logo { color: var(--accent); } .logo circle { fill: var(--accent); }
.who { color: var(--soft); }
footer { padding-top: 2rem; padding-bottom: 2rem; font-size: .85rem; }
footer a { color: var(--soft); }

.head { margin: 1.6rem 0 1.4rem; border-bottom: 1px solid var(--line); }
.head .name { font: 500 1.55rem/1.2 var(--serif); margin: 0 0 .9rem; }
.head .name h1 { display: inline; font: inherit; letter-spacing: inherit; overflow-wrap: anywhere; }
.head .name a { color: inherit; text-decoration: none; }
.head .name a:hover { text-decoration: underline; }
.head .owner, .head .slash { color: var(--soft); }
.tabs ul {
  list-style: none; display: flex; gap: 1.4rem; margin: 0; padding: 0; overflow-x: auto; scrollbar-width: none;
}
.tabs a {
  display: block; padding: .55rem 0 .6rem; white-space: nowrap; color: var(--soft); text-decoration: none;
  border-bottom: 2px solid transparent; font-size: .95rem;
}
.tabs a:hover { color: var(--ink); }
.tabs [aria-current] { color: var(--ink); border-color: var(--accent); font-weight: 600; }
.tabs a:focus-visible { outline-offset: -2px; }

.label {
  display: inline-block; font: 500 .72rem/1 var(--sans); padding: .28em .6em; border: 1px solid var(--line);
  border-radius: 99px; color: var(--soft); background: var(--raised); text-decoration: none;
  vertical-align: middle; position: relative; top: -.06em; max-width: 16rem; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap;
}
.label.branch { color: var(--accent); border-color: color-mix(in srgb, var(--accent) 40%, transparent); }
.label.tag { color: var(--modified-ink); border-color: color-mix(in srgb, var(--modified-ink) 40%, transparent); }
.label.private { color: var(--modified-ink); }
.label.added { color: var(--added-ink); background: var(--added); border-color: transparent; }
.label.removed, .label.dropped { color: var(--removed-ink); background: var(--removed); border-color: transparent; }
.label.modified, .label.renamed {
  color: var(--modified-ink); background: var(--modified); border-color: transparent;
}
.plus { color: var(--added-ink); } .minus { color: var(--removed-ink); } .tilde { color: var(--modified-ink); }
.numbers { font-variant-numeric: tabular-nums; display: inline-flex; gap: .75rem; white-space: nowrap; }

.bar { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center; margin: 0 0 1rem; }
.bar .fill { flex: 1 1 16rem; min-width: 0; overflow-wrap: anywhere; }
.bar h1 { font-size: 1.45rem; overflow-wrap: anywhere; }
.title { margin: 1.8rem 0 1.2rem; }

button, .button, input, textarea, select { font: inherit; }
button, .button {
  display: inline-block; border: 1px solid var(--accent); background: var(--accent); color: var(--accent-ink);
  border-radius: 6px; padding: .42rem .95rem; cursor: pointer; text-decoration: none; font-size: .93rem;
  line-height: 1.4;
}
button:hover, .button:hover { filter: brightness(1.07); }
.button.plain, button.plain { background: var(--raised); color: var(--ink); border-color: var(--line); }
button.link {
  border: 0; background: none; padding: 0; color: var(--accent); text-decoration: underline;
  text-underline-offset: 3px;
}
input, textarea, select {
  background: var(--raised); color: var(--ink); border: 1px solid var(--line); border-radius: 6px;
  padding: .42rem .7rem; max-width: 100%;
}
input::placeholder, textarea::placeholder { color: var(--soft); opacity: 1; }
label { font-size: .88rem; color: var(--soft); }
.find { display: flex; gap: .4rem; min-width: 0; }
.find input { width: 7.5rem; padding: .15rem .6rem; font-size: .88rem; }
.find button { padding: .15rem .7rem; font-size: .85rem; }
.search { display: flex; gap: .6rem; } .search input { flex: 1; min-width: 0; }

.picker { position: relative; }
.picker summary {
  list-style: none; cursor: pointer; border: 1px solid var(--line); background: var(--raised);
  border-radius: 6px; padding: .36rem .8rem; font-size: .93rem; max-width: min(20rem, 80vw); overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap;
}
.picker summary::-webkit-details-marker { display: none; }
.picker summary::after { content: "▾"; color: var(--soft); margin-left: .5rem; }
.picker .menu {
  position: absolute; z-index: 5; top: calc(100% + .35rem); left: 0; width: max-content; min-width: 14rem;
  max-width: min(24rem, 86vw); max-height: 22rem; overflow: auto; background: var(--raised);
  border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 10px 30px rgb(0 0 0 / .14); padding: .5rem 0;
}
.picker .of { font-size: .74rem; color: var(--soft); padding: .35rem 1rem .2rem; font-weight: 500; margin: 0; }
.picker ul { list-style: none; padding: 0; margin: 0 0 .3rem; }
.picker li a {
  display: block; padding: .3rem 1rem; color: var(--ink); text-decoration: none; overflow-wrap: anywhere;
}
.picker li a:hover, .picker li a:focus { background: var(--faint); }
.picker [aria-current] { font-weight: 600; }
.picker [aria-current]::after { content: " ✓"; color: var(--accent); }
.picker p { padding: 0 1rem; margin: .2rem 0; font-size: .9rem; }

.columns { display: grid; grid-template-columns: minmax(0, 1fr) 20rem; gap: 2.5rem; align-items: start; }
aside section { margin-bottom: 1.8rem; }
aside h2 { font-size: .85rem; color: var(--soft); font-weight: 500; margin-bottom: .5rem; }
dl.facts { display: grid; grid-template-columns: auto 1fr; gap: .3rem 1rem; margin: 0; font-size: .93rem; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.card {
  background: var(--raised); border: 1px solid var(--line); border-radius: 10px; margin: 0 0 1.6rem;
  overflow: clip;
}
.card > .card-head {
  display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; padding: .8rem 1.1rem;
  border-bottom: 1px solid var(--line);
}
.card > .card-head h2 { overflow-wrap: anywhere; }
.card > .card-head .fill { flex: 1; min-width: 5.5rem; }
.card > .card-body { padding: .4rem 1.1rem .9rem; }
.card > .bar { margin: 0; }
.card > :last-child { border-bottom: 0; }
.list { list-style: none; padding: 0; margin: 0; }
.list > li { padding: .8rem 1.1rem; border-bottom: 1px solid var(--line); }
.list > li:last-child { border-bottom: 0; }
.list .row { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: baseline; }
.list .row > :first-child { flex: 1 1 14rem; min-width: 0; overflow-wrap: anywhere; }
.list .strong { font-weight: 600; }
a.strong, .list h2 a, td a { text-decoration-color: transparent; }
a.strong:hover, .list h2 a:hover, td a:hover { text-decoration-color: currentColor; }
.list details { font-size: .9rem; color: var(--soft); }
.list details summary { cursor: pointer; width: fit-content; }
.list h2 { font-size: 1.05rem; } .list h2 .quiet { font-weight: 400; }

.scroll { overflow-x: auto; -webkit-overflow-scrolling: touch; }
.scroll:focus-visible { outline-offset: -2px; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
.scroll > table { width: max-content; min-width: 100%; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .82rem; max-width: 15rem; overflow-wrap: break-word; }
th, td { padding: .42rem .9rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td { max-width: 24rem; overflow-wrap: break-word; white-space: pre-wrap; min-width: 3rem; }
tbody tr:last-child > * { border-bottom: 0; }
tbody tr:hover > td { background: var(--faint); }
th.number, td.number { text-align: right; } td.number { white-space: nowrap; }
td.key a { font-weight: 500; }
th .type { font-weight: 400; display: block; font-family: var(--mono); font-size: .74rem; }
.null { color: var(--soft); font-style: italic; font-size: .86em; }
.more { color: var(--soft); }
.empty { color: var(--soft); padding: 1.6rem 1.1rem; text-align: center; margin: 0; }
table.record { width: 100%; }
table.record th { width: 12rem; max-width: 40vw; white-space: normal; overflow-wrap: anywhere; }
table.record td { max-width: none; overflow-wrap: anywhere; }

.diff td.mark {
  width: 1.6rem; min-width: 0; text-align: center; font-family: var(--mono); padding-right: .2rem;
  color: var(--soft);
}
.diff tr.added > td { background: var(--added); } .diff tr.removed > td { background: var(--removed); }
.diff tr.added > td.mark { color: var(--added-ink); } .diff tr.removed > td.mark { color: var(--removed-ink); }
.diff tr.before > td { border-bottom: 0; padding-bottom: .1rem; color: var(--soft); }
.diff tr.after > td { padding-top: .1rem; }
.diff tr.before > td.changed { background: var(--removed); color: var(--removed-ink); }
.diff tr.before > td.changed .value {
  background: var(--removed-mark); border-radius: 3px; padding: 0 .2em; text-decoration: line-through;
  text-decoration-color: color-mix(in srgb, currentColor 40%, transparent);
}
.diff tr.after > td.changed { background: var(--added); color: var(--added-ink); }
.diff tr.after > td.changed .value {
  background: var(--added-mark); border-radius: 3px; padding: 0 .2em; font-weight: 500;
}
pre {
  background: var(--faint); border-radius: 8px; padding: .9rem 1.1rem; overflow-x: auto; line-height: 1.5;
  margin: .7rem 0;
}
pre code { font-size: 1em; }
pre.plain { white-space: pre-wrap; }
.card > pre { border-radius: 0; margin: 0; background: none; }
details > summary.part {
  cursor: pointer; padding: .55rem 1.1rem; font-size: .9rem; color: var(--soft); width: fit-content;
}
.lines { padding: 0 0 .6rem; border-bottom: 1px solid var(--line); }
.lines .gap { color: var(--soft); }
.lines > span { display: block; padding: 0 1.1rem; white-space: pre-wrap; }
.lines .added { background: var(--added); color: var(--added-ink); }
.lines .removed { background: var(--removed); color: var(--removed-ink); }

.command {
  display: flex; gap: .5rem; align-items: center; background: var(--faint); border-radius: 8px;
  padding: .55rem .8rem; margin: .4rem 0;
}
.command code { flex: 1; min-width: 0; overflow-wrap: break-word; white-space: pre-wrap; }
.command button {
  padding: .15rem .6rem; font-size: .8rem; background: var(--raised); color: var(--ink);
  border-color: var(--line);
}

.pager {
  display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; justify-content: center; margin: 1.2rem 0;
  font-size: .93rem;
}
.pager span { color: var(--soft); } .pager .here { color: var(--ink); }

.day { font: 500 1.05rem/1.3 var(--serif); color: var(--soft); margin: 1.8rem 0 .6rem; }
.message { margin: .2rem 0 .8rem; }
.message h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
.message pre { background: none; padding: 0; white-space: pre-wrap; font: inherit; color: var(--soft); }
.versions { list-style: none; padding: 0; margin: 0; }

.markdown { padding: .3rem 1.4rem 1.2rem; max-width: 46rem; }
.markdown h2 { font: 500 1.5rem/1.3 var(--serif); margin-top: 1rem; }
.markdown h3 { margin-top: 1.4rem; font-size: 1.15rem; }
.markdown h4 { margin-top: 1.1rem; }
.markdown blockquote { border-left: 3px solid var(--line); margin: .8rem 0; padding: 0 1rem; color: var(--soft); }
.markdown hr { border: 0; border-top: 1px solid var(--line); margin: 1.4rem 0; }
.markdown tbody tr > *, .markdown th { border: 1px solid var(--line); padding: .35rem .7rem; }

.sql textarea {
  width: 100%; min-height: 8.5rem; font: .92rem/1.5 var(--mono); padding: .8rem 1rem; resize: vertical;
}
.notice {
  border-left: 3px solid var(--removed-ink); background: var(--removed); color: var(--removed-ink);
  padding: .7rem 1rem; border-radius: 0 8px 8px 0; overflow-wrap: anywhere; white-space: pre-wrap;
}
.compare-form { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; margin: 0 0 1.4rem; }
.compare-form label { display: block; } .compare-form input { width: 15rem; display: block; margin-top: .2rem; }
.narrow { max-width: 26rem; margin: 3.5rem auto; }
.narrow .card { padding: 1.4rem 1.5rem; } .narrow input { width: 100%; margin: .25rem 0 1rem; }
.problem { max-width: 34rem; margin: 4rem auto; text-align: center; }
.problem .status { font: 500 3.4rem/1 var(--serif); color: var(--soft); margin: 0 0 .6rem; }
.state {
  display: inline-block; width: .55rem; height: .55rem; border-radius: 50%; background: var(--soft);
  margin-right: .5rem;
}
.state.good { background: var(--added-ink); }
.state.late { background: var(--modified-ink); }
.state.bad { background: var(--removed-ink); }
.chart { display: block; flex: 0 0 auto; max-width: 100%; height: auto; align-self: center; }
.chart rect { fill: var(--accent); opacity: .8; }
.chart line { stroke: var(--line); }
.chart text { fill: var(--soft); font: 10px var(--sans); }
@media (min-width: 56rem) {
  .list .row > :first-child { flex-basis: min(24rem, 100%); }
}
@media (max-width: 56rem) {
  .columns { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
}
@media (max-width: 34rem) {
  html { font-size: 15.5px; }
  .wide { padding: 0 .9rem; }
  .head .name { font-size: 1.3rem; }
  .compare-form label, .compare-form input { width: 100%; }
  .list > li { padding: .75rem .9rem; }
}
@media print { .top, footer, .pager, .picker, button { display: none; } }
`;
