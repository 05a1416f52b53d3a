import { describe, expect, it } from 'vitest';
import { answerRules, participants, requirements, scenarios } from '../index.ts';

describe('the list of scenarios', () => {
  it('has unique ids with a theme', () => {
    const ids = scenarios.map((scenario) => scenario.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
  });

  it('does not shrink', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(191);
    expect(scenarios.flatMap((scenario) => scenario.apis).length).toBeGreaterThanOrEqual(371);
  });

  it.each(scenarios)('$id has a description, a participant and generations', (scenario) => {
    expect(participants).toContain(scenario.participant);
    expect(scenario.apis.length).toBeGreaterThan(0);
    expect(scenario.description.length).toBeGreaterThan(10);
    const found = requirements.find((requirement) => requirement.id === scenario.requirement);
    expect(found?.level).toBe(scenario.level);
  });
});

describe('the list of requirements', () => {
  it('has S1 to S22, and R1 and up without a gap', () => {
    const numbers = (letter: string): number[] =>
      requirements
        .filter((requirement) => requirement.id.startsWith(letter))
        .map((requirement) => Number(requirement.id.slice(1)))
        .sort((a, b) => a - b);
    expect(numbers('S')).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
    expect(numbers('R')).toEqual(Array.from({ length: numbers('R').length }, (_, i) => i + 1));
  });

  it.each(requirements)(
    '$id ($area) is checked, and names its section of the protocol',
    ({ id, section }) => {
      const checks = [...scenarios, ...answerRules];
      expect(checks.map(({ requirement }) => requirement)).toContain(id);
      expect(section).toMatch(/^\d+(\.\d+)*$/);
    },
  );

  it('is frozen', () => {
    expect(Object.isFrozen(requirements)).toBe(true);
    expect(requirements.every((requirement) => Object.isFrozen(requirement))).toBe(true);
  });
});

describe('the rules for every answer', () => {
  it('have ids that no scenario has, so that a baseline names either', () => {
    const ids = scenarios.map(({ id }) => id);
    expect(answerRules.length).toBeGreaterThanOrEqual(28);
    for (const { id } of answerRules) expect(ids).not.toContain(id);
  });
});
