/** The findings of the HTML report, and the requirements that it names. */
import { requirement as requirementOf, requirements as allRequirements } from '../spec/requirements.ts';
import type { ContractReport, Finding } from '../spec/results.ts';
import { escape, outcomeMark, partList, requirementLink } from './html-parts.ts';
import { allResults, byUrgency, commandFor, count, departureParts, kindOf, whereOf } from './wording.ts';

function findingCard(finding: Finding): string {
  const { id, requirement, requirements, says, example, target, expected } = finding;
  const rows = [
    ...[...new Set([requirement, ...requirements])].map(
      (one) => `<dt>requirement</dt><dd>${requirementLink(one)}: ${escape(requirementOf(one).text)}</dd>`,
    ),
    ...(target === undefined ? [] : [`<dt>target</dt><dd><code>${escape(target)}</code></dd>`]),
    `<dt>where</dt><dd><span class="name">${escape(id)}</span>, ${escape(whereOf(finding))}</dd>`,
    partList(departureParts, example),
    `<dt>run again</dt><dd><code>${escape(commandFor(finding))}</code></dd>`,
  ];
  return [
    `<details open class="failure finding${expected ? ' expected' : ''}" data-outcome="failed">`,
    `<summary>${outcomeMark('failed')} ${kindOf(finding)} ${escape(requirement)} <b>${escape(says)}</b></summary>`,
    `<dl>${rows.join('')}</dl>`,
    '</details>',
  ].join('\n');
}

export function findingSection(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  return [
    '<section data-group>',
    `<h2>${count(findings.length, 'finding')}</h2>`,
    ...byUrgency(findings).map(findingCard),
    '</section>',
  ].join('\n');
}

/** The requirements that the report names. */
export function requirementSection(report: ContractReport): string {
  const named = new Set([
    ...allResults(report).map(({ requirement }) => requirement),
    ...report.findings.flatMap((finding) => [finding.requirement, ...finding.requirements]),
  ]);
  const rows = allRequirements
    .filter(({ id }) => named.has(id))
    .map(
      ({ id, area, level, text, section }) =>
        `<tr id="requirement-${id}"><th scope="row">${id}</th><td>${escape(text)}</td><td>${level}</td>` +
        `<td>${escape(area)}</td><td>§${section}</td></tr>`,
    );
  return [
    '<section>',
    '<h2>Requirements</h2>',
    '<div class="scroll" role="region" aria-label="Requirements" tabindex="0"><table>',
    '<caption><code>uid2-mock verify --explain ID</code> describes a requirement and what checks it</caption>',
    '<thead><tr><th scope="col">Id</th><th scope="col">Requirement</th><th scope="col">Level</th>' +
      '<th scope="col">Area</th><th scope="col">Protocol</th></tr></thead>',
    `<tbody>${rows.join('\n')}</tbody>`,
    '</table></div>',
    '</section>',
  ].join('\n');
}
