/** The report as JSON: findings before the results of each target, and the differences between targets. */
import type { ContractReport } from '../spec/results.ts';
import { compareTargets } from './comparison.ts';

/** Indented by two, with a line feed at the end; `differences` only where there are several targets. */
export function jsonReport({ targets, findings, ...report }: ContractReport): string {
  const differences = targets.length > 1 ? { differences: compareTargets({ targets }).differences } : {};
  const listed = findings.map((finding) => ({ ...finding, requirements: undefined }));
  // The list above has the findings of every target, with their examples.
  const own = targets.map((target) => ({
    ...target,
    findings: undefined,
    answerRules: target.answerRules.map((rule) => ({ ...rule, example: undefined })),
  }));
  return `${JSON.stringify({ ...report, findings: listed, ...differences, targets: own }, null, 2)}\n`;
}
