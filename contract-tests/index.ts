/** The contract suite as a library: `import { scenarios, runContract } from 'uid2-mock-operator/contract-tests'`. */
export { scenarios } from './scenarios/index.ts';
export { requirements, type Requirement } from './requirements.ts';
export { runContract, selectScenarios, UsageError, type ContractOptions } from './run.ts';
export { profiles, type Credential, type Profile, type TargetOptions } from './target.ts';
export { apis, participants, type Api, type Level, type Participant, type Scenario } from './scenario.ts';
export type { ContractReport, ExitCode, Failure, Outcome, Result, TargetReport, Totals } from './results.ts';
export { compareTargets, consoleReport, reporters } from './reporters/index.ts';
export {
  startOpeningProxy,
  startSealingProxy,
  type EnvelopeProxy,
  type EnvelopeProxyOptions,
} from './envelope-proxy.ts';
