/** The building blocks of the HTML report; they escape all text from outside. */
import type { Outcome } from '../spec/results.ts';
import { printable } from './wording.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escape = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '');

export const OUTCOMES: readonly Outcome[] = ['passed', 'failed', 'skipped', 'incomplete'];
/** So that outcomes differ in more than their colour. */
const SIGNS: Readonly<Record<Outcome, string>> = { passed: '✓', failed: '✗', skipped: '–', incomplete: '?' };

export const outcomeMark = (outcome: Outcome): string =>
  `<span class="outcome ${outcome}"><span aria-hidden="true">${SIGNS[outcome]}</span> ${outcome}</span>`;

/** A link to the requirement's row at the end of the report. */
export const requirementLink = (id: string): string =>
  `<a href="#requirement-${escape(id)}">${escape(id)}</a>`;

/** Parts of a failure that are text of requests and answers. */
const isOfExchange = (member: string): boolean => ['sent', 'expected', 'got'].includes(member);

/** Parts of a departure as a list of terms. */
export function partList<Member extends string>(
  parts: readonly (readonly [label: string, member: Member])[],
  texts: Readonly<Record<Member, string>>,
): string {
  const items = parts.map(([label, member]) => {
    const text = escape(texts[member]);
    return `<dt>${label}</dt><dd>${isOfExchange(member) ? `<code>${text}</code>` : text}</dd>`;
  });
  return items.join('');
}
