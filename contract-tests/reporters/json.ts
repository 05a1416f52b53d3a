/** The report as JSON: the results as they are, and the differences between targets. */
import type { ContractReport } from '../spec/results.ts';
import { compareTargets } from './comparison.ts';

/** Indented by two, with a line feed at the end; `differences` only where there are several targets. */
export function jsonReport(report: ContractReport): string {
  const differences = report.targets.length > 1 ? { differences: compareTargets(report).differences } : {};
  return `${JSON.stringify({ ...report, ...differences }, null, 2)}\n`;
}
