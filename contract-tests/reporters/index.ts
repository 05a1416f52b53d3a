/** Reports by their kind: a run's results in, a file's text out. */
import type { ContractReport } from '../spec/results.ts';
import { htmlReport } from './html.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';

export const reporters = {
  junit: junitReport,
  json: jsonReport,
  markdown: markdownReport,
  html: htmlReport,
} as const satisfies Readonly<Record<string, (report: ContractReport) => string>>;

export type ReportKind = keyof typeof reporters;

export { consoleReport, progressLine } from './console.ts';
export { compareTargets } from './comparison.ts';
