/** The contract suite as a library: `import { scenarios, runContract } from 'uid2-mock-operator/contract-tests'`. */
export { scenarios } from './scenarios/index.ts';
export { answerRuleList as answerRules, type AnswerRule } from './spec/answer-rules.ts';
export { requirements, type Requirement } from './spec/requirements.ts';
export {
  ContractError,
  isContractError,
  type ContractErrorCode,
  type Departure,
} from './spec/contract-error.ts';
export { PARTICIPANT_ROLE } from './context/context.ts';
export { runContract, selectScenarios, type ContractOptions } from './run.ts';
export { isProduction } from './target/production.ts';
export { profiles, type Profile, type TargetOptions } from './target/target.ts';
export type { ClientSideKeypair, Credential } from './target/credentials.ts';
export { apis, participants, type Api, type Level, type Participant } from './spec/api.ts';
export type { ContractScenario as Scenario } from './scenarios/theme.ts';
export type {
  ContractReport,
  ExitCode,
  Failure,
  Finding,
  Outcome,
  Result,
  RuleTally,
  TargetReport,
  Totals,
} from './spec/results.ts';
export { compareTargets, consoleReport, reporters } from './reporters/index.ts';
export {
  startOpeningProxy,
  startSealingProxy,
  type EnvelopeProxy,
  type EnvelopeProxyOptions,
} from './wire/envelope-proxy.ts';
export { providerStates, type PactOperator } from './provider-states/index.ts';
