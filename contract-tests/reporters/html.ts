/** The report as one HTML file: no script, nothing loaded, readable without colour. */
import {
  nameOf,
  type ContractReport,
  type Outcome,
  type Result,
  type TargetReport,
} from '../spec/results.ts';
import { compareTargets, type Comparison } from './comparison.ts';
import { findingSection, requirementSection } from './html-findings.ts';
import { escape, OUTCOMES, outcomeMark, partList, requirementLink } from './html-parts.ts';
import { style } from './html-style.ts';
import {
  allResults,
  byTheme,
  count,
  failed,
  departureParts,
  kindOf,
  missing,
  reasons,
  remarks,
  targetTitle,
  totalsLine,
  verdict,
} from './wording.ts';

const anchorOf = (target: number, result: Result): string =>
  `t${target + 1}-${nameOf(result).replace(/[^\w-]/g, '-')}`;

const MAX_IN_TABLE = 160;

const VERDICT_CLASS: Readonly<Record<ContractReport['exitCode'], Outcome>> = {
  0: 'passed',
  1: 'failed',
  2: 'incomplete',
  3: 'incomplete',
};

function header(report: ContractReport): string {
  const notes = remarks(report).map((remark) => `<li>${escape(remark)}</li>`);
  return [
    '<header>',
    '<h1>UID2 operator contract</h1>',
    `<p class="soft">${escape(report.tool)}, <time datetime="${escape(report.startedAt)}">${escape(report.startedAt)}</time></p>`,
    `<p class="verdict ${VERDICT_CLASS[report.exitCode]}">${escape(verdict(report))}</p>`,
    `<p>${totalsLine(report.totals)}</p>`,
    ...(notes.length > 0 ? [`<ul>${notes.join('')}</ul>`] : []),
    '</header>',
  ].join('\n');
}

function filterBar(results: readonly Result[]): string {
  const choices = OUTCOMES.map((outcome) => {
    const number = results.filter((result) => result.outcome === outcome).length;
    const disabled = number === 0 ? ' disabled' : '';
    return (
      `<input type="radio" name="show" id="show-${outcome}"${disabled}>` +
      `<label for="show-${outcome}" class="${outcome}">${outcome} (${number})</label>`
    );
  });
  return [
    '<fieldset class="filter"><legend>Show</legend>',
    `<input type="radio" name="show" id="show-all" checked><label for="show-all">all (${results.length})</label>`,
    ...choices,
    '</fieldset>',
  ].join('\n');
}

function failureCard(result: Result, target: number): string {
  const { failure, expectedFailure, level } = result;
  const kind = kindOf({ level, ...(expectedFailure ? { expected: true } : {}) });
  return [
    `<details class="failure${expectedFailure ? ' expected' : ''}" id="${anchorOf(target, result)}" data-outcome="failed">`,
    `<summary>${outcomeMark('failed')} <span class="name">${escape(nameOf(result))}</span> ` +
      `<span class="soft">${kind}, ${escape(result.requirement)}</span><br>${escape(result.description)}</summary>`,
    `<dl><dt>requirement</dt><dd>${requirementLink(result.requirement)}: ${escape(result.requirementText)}</dd>` +
      `${failure ? partList(departureParts, failure) : ''}</dl>`,
    '</details>',
  ].join('\n');
}

function resultRow(result: Result, target: number): string {
  const name = `<span class="name">${escape(result.scenario)}</span>`;
  const linked = result.outcome === 'failed' ? `<a href="#${anchorOf(target, result)}">${name}</a>` : name;
  const reason =
    result.reason === undefined
      ? ''
      : `<br><span class="soft">${result.outcome}: ${escape(result.reason)}</span>`;
  return (
    `<tr data-outcome="${result.outcome}"><td>${outcomeMark(result.outcome)}</td>` +
    `<th scope="row">${linked}<br><span class="soft">${escape(result.description)}</span>${reason}</th>` +
    `<td>${result.api}</td><td class="wide">${result.participant}</td>` +
    `<td>${requirementLink(result.requirement)} ${result.level}</td>` +
    `<td class="number">${result.durationMs.toFixed(1)}</td></tr>`
  );
}

function themeRows(theme: string, results: readonly Result[], target: number): string {
  const counts = OUTCOMES.map((outcome) => [
    results.filter((result) => result.outcome === outcome).length,
    outcome,
  ]);
  const shown = counts.filter(([number]) => number !== 0).map((pair) => pair.join(' '));
  return [
    '<tbody data-group>',
    `<tr class="theme"><th scope="rowgroup" colspan="6">${escape(theme)} <span class="soft">${shown.join(', ')}</span></th></tr>`,
    ...results.map((result) => resultRow(result, target)),
    '</tbody>',
  ].join('\n');
}

function resultTable(results: readonly Result[], target: number): string {
  return [
    '<div class="scroll" data-group role="region" aria-label="Scenarios" tabindex="0"><table><caption>Every scenario, in each generation of the API</caption>',
    '<thead><tr><th scope="col">Outcome</th><th scope="col">Scenario</th><th scope="col">API</th>' +
      '<th scope="col" class="wide">Participant</th><th scope="col">Requirement</th>' +
      '<th scope="col" class="number">ms</th></tr></thead>',
    ...[...byTheme(results)].map(([theme, own]) => themeRows(theme, own, target)),
    '</table></div>',
  ].join('\n');
}

function reasonList(results: readonly Result[], outcome: 'skipped' | 'incomplete', title: string): string {
  const groups = reasons(results, outcome);
  if (groups.length === 0) return '';
  const items = groups.map(({ reason, scenarios, count: number }) => {
    const names = scenarios.map((name) => `<span class="name">${escape(name)}</span>`).join(', ');
    return `<li>${escape(reason)} <span class="soft">(${count(number, 'scenario')}: ${names})</span></li>`;
  });
  return `<section data-group><h3>${title}</h3><ul class="reasons" data-outcome="${outcome}">${items.join('')}</ul></section>`;
}

const itemList = (items: readonly string[]): string =>
  items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

function missingSection(target: TargetReport): string[] {
  const items = missing(target).map(
    ({ how, requirements }) => `${escape(requirements.join(', '))}: give ${escape(how)}`,
  );
  return items.length === 0 ? [] : ['<h3>Requirements that could not be checked</h3>', itemList(items)];
}

function targetSection(target: TargetReport, index: number): string {
  const failures = failed(target.results);
  return [
    '<section>',
    `<h2>${escape(targetTitle(target))}</h2>`,
    itemList(target.head.map(escape)),
    ...(failures.length > 0
      ? ['<section data-group>', `<h3>${count(failures.length, 'failed scenario')}</h3>`]
      : []),
    ...failures.map((result) => failureCard(result, index)),
    ...(failures.length > 0 ? ['</section>'] : []),
    reasonList(target.results, 'incomplete', 'Why the run is incomplete'),
    resultTable(target.results, index),
    reasonList(target.results, 'skipped', 'Why scenarios were skipped'),
    ...missingSection(target),
    '</section>',
  ].join('\n');
}

const shortened = (text: string): string =>
  text.length > MAX_IN_TABLE ? `${text.slice(0, MAX_IN_TABLE)}…` : text;

function comparisonSection({ targets, unequal, differences }: Comparison): string {
  const heads = targets.map(
    (target, index) => `<li value="${index + 1}"><code>${escape(target)}</code></li>`,
  );
  const body = unequal.map(({ name, description, outcomes, departs }) => {
    const cells = outcomes.map((outcome) => `<td>${outcome === undefined ? '' : outcomeMark(outcome)}</td>`);
    const who = departs.map(
      ({ target, got }) => `<b>target ${target + 1}</b>: <code>${escape(shortened(got))}</code>`,
    );
    return (
      `<tr><th scope="row"><span class="name">${escape(name)}</span><br><span class="soft">${escape(description)}</span></th>` +
      `${cells.join('')}<td>${who.join('<br>')}</td></tr>`
    );
  });
  const caption =
    unequal.length === 0
      ? 'Every scenario had the same outcome on all targets'
      : `${count(unequal.length, 'scenario')} had different outcomes, ${count(differences.length, 'departure')} among them`;
  const columns = targets.map((_, index) => `<th scope="col">target ${index + 1}</th>`).join('');
  return [
    '<section>',
    '<h2>Targets compared</h2>',
    `<ol>${heads.join('')}</ol>`,
    `<div class="scroll" role="region" aria-label="Comparison" tabindex="0"><table class="compared"><caption>${caption}</caption>`,
    ...(body.length > 0
      ? [`<thead><tr><th scope="col">Scenario</th>${columns}<th scope="col">Departures</th></tr></thead>`]
      : []),
    `<tbody>${body.join('\n')}</tbody>`,
    '</table></div>',
    '</section>',
  ].join('\n');
}

export function htmlReport(report: ContractReport): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>UID2 operator contract: ${escape(verdict(report))}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    header(report),
    filterBar(allResults(report)),
    '<main>',
    findingSection(report.findings),
    ...(report.targets.length > 1 ? [comparisonSection(compareTargets(report))] : []),
    ...report.targets.map(targetSection),
    requirementSection(report),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
