/** The style of the HTML report: light and dark by the reader's setting; the filter works without any script. */

const outcomes = ['passed', 'failed', 'skipped', 'incomplete'];

/** A chosen filter hides scenarios with another outcome, and groups without any left. */
const filter = outcomes
  .map(
    (outcome) => `
body:has(#show-${outcome}:checked) [data-outcome]:not([data-outcome="${outcome}"]),
body:has(#show-${outcome}:checked) [data-group]:not(:has([data-outcome="${outcome}"])) { display: none; }`,
  )
  .join('');

export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f6f8; --line: #d5d9df; --text: #1c2127; --soft: #565f6b; --link: #0b57a8;
  --passed: #17692f; --failed: #b3161f; --skipped: #565f6b; --incomplete: #7d4e00;
  --failed-ground: #fdf1f1; --code: #f0f2f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --raised: #1c2025; --line: #363c44; --text: #e6e9ed; --soft: #a3adb9; --link: #79b8ff;
    --passed: #5cc77c; --failed: #ff8a84; --skipped: #a3adb9; --incomplete: #e8b84a;
    --failed-ground: #2b1a1c; --code: #23282e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 1.5rem 1.25rem 4rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
h1 { margin: 0 0 0.25rem; font-size: 1.5rem; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.2rem; overflow-wrap: anywhere; }
h3 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }
p { margin: 0.25rem 0; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code, .name { font: 0.92em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.verdict { font-size: 1.1rem; font-weight: 600; margin: 0.75rem 0; padding: 0.6rem 0.9rem; border-radius: 6px;
  background: var(--raised); border-left: 5px solid currentColor; }
.passed { color: var(--passed); } .failed { color: var(--failed); }
.skipped { color: var(--skipped); } .incomplete { color: var(--incomplete); }
.outcome { font-weight: 600; white-space: nowrap; }
.filter { position: sticky; top: 0; z-index: 1; margin: 1rem 0 0; padding: 0.6rem 0; border: 0;
  background: var(--ground); border-bottom: 1px solid var(--line); }
.filter legend { float: left; padding: 0.3rem 0.75rem 0.3rem 0; color: var(--soft); }
.filter input { position: absolute; opacity: 0; }
.filter label { display: inline-block; padding: 0.25rem 0.8rem; margin: 0 0.3rem 0.3rem 0; border: 1px solid var(--line);
  border-radius: 999px; background: var(--raised); cursor: pointer; }
.filter input:checked + label { border-color: currentColor; box-shadow: inset 0 0 0 1px currentColor; font-weight: 600; }
.filter input:focus-visible + label { outline: 3px solid var(--link); outline-offset: 2px; }
.filter input:disabled + label { opacity: 0.55; cursor: default; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.4rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
.compared th[scope=row] { min-width: 18rem; }
tbody th { font-weight: 400; }
.theme th { padding-top: 1.2rem; font-weight: 700; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 0; }
details.failure { margin: 0.75rem 0; border: 1px solid var(--line); border-left: 5px solid var(--failed);
  border-radius: 6px; background: var(--failed-ground); scroll-margin-top: 5rem; }
details.failure > summary { padding: 0.6rem 0.9rem; cursor: pointer; overflow-wrap: anywhere; }
details.expected { border-left-color: var(--incomplete); background: var(--raised); }
dl { display: grid; grid-template-columns: 8rem 1fr; gap: 0.35rem 1rem; margin: 0; padding: 0 0.9rem 0.9rem; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
dd code { display: block; white-space: pre-wrap; background: var(--code); padding: 0.2rem 0.5rem; border-radius: 4px; }
:target > th, :target > td { background: var(--raised); } tr { scroll-margin-top: 5rem; }
.reasons li { margin: 0.4rem 0; } .reasons { padding-left: 1.2rem; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0.1rem; } dd { margin-bottom: 0.5rem; } .wide { display: none; }
}
@media print { .filter { display: none; } body { max-width: none; } details.failure { break-inside: avoid; } }
${filter}
`;
