/** What `uid2-mock verify --list` prints. */

import type { Scenario } from '../contract-tests/index.ts';

/** A line per scenario in columns, and how many there are. */
export function listScenarios(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map(({ id, apis, requirement, level, participant, description }) => [
    id,
    apis.join(' '),
    `${level} ${requirement}`,
    participant,
    description,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const total = `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'}`;
  return [...lines, total, ''].join('\n');
}
