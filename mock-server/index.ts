/** The public API: a mock operator in this process. */

import { compose } from './compose.ts';
import { type MockOperator, listen } from './listen.ts';
import { type MockOperatorOptions, checkOptions } from './options.ts';

export type {
  ClockControl,
  Control,
  Duration,
  FaultControl,
  Identifier,
  JournalControl,
  KeyControl,
  OptOutControl,
  OptOutRequest,
  RequestFilter,
  SaltControl,
  TestIdControl,
  Time,
  WorldControl,
} from './admin/control.ts';
export { ControlError } from './admin/calls/control-error.ts';
export { type FaultPreset, faultPresets } from './admin/calls/fault-presets.ts';
export type { FaultReport, FaultRequest } from './admin/calls/fault-schema.ts';
export type { RequestDetail, RequestSummary } from './admin/calls/request-schema.ts';
export type { NewKey } from './admin/calls/rotate.ts';
export type { UsedTestId } from './admin/calls/test-ids.ts';
export type { MadeSecrets } from './admin/calls/world.ts';
export type { RecordedOptOut } from './admin/calls/opt-out-schema.ts';
export { type ConnectedOperator, type ConnectOptions, connectMockOperator } from './admin/connect.ts';
export type { MockOperator } from './listen.ts';
export type { ClientSideKeypair, Credential } from './operator/world/credentials.ts';
export type { ProfileName } from './operator/profile.ts';
export type { World } from './operator/world/schema.ts';
export { ConfigurationError, type Log, type MockOperatorOptions } from './options.ts';

/**
 * Starts a mock operator; it listens when the promise resolves.
 *
 * @throws ConfigurationError, in one sentence, when the options or the world cannot work or the port is in use
 */
export async function startMockOperator(options: MockOperatorOptions = {}): Promise<MockOperator> {
  return listen(await compose(checkOptions(options)));
}
