/** `connectMockOperator`: the control API of a mock operator that runs elsewhere. */

import { z } from 'zod';
import { disposedBy } from '../core/disposable.ts';
import { EXPECTED_ID, addressed, isTestId } from '../http/isolation.ts';
import {
  type ClientSideKeypair,
  type Credential,
  credentialFor,
  credentialsOf,
  keypairsOf,
} from '../operator/world/credentials.ts';
import type { World } from '../operator/world/schema.ts';
import { checked, invalid } from './calls/control-error.ts';
import { serviceCalls } from './calls/service.ts';
import { worldCalls } from './calls/world.ts';
import { controlOver } from './control-over.ts';
import type { Control } from './control.ts';
import { remoteTransport } from './remote.ts';
import type { Transport } from './transport.ts';

const options = z
  .strictObject({
    /** the admin token of the operator, if it asks for one */
    token: z.string().regex(/^[\x21-\x7e]+$/, { error: 'a text of visible ASCII characters' }),
    /** whose state to address; the common one if absent */
    testId: z.string().refine(isTestId, { error: EXPECTED_ID }),
  })
  .partial();

/** The options of `connectMockOperator`. */
export type ConnectOptions = z.input<typeof options>;

export interface ConnectedOperator extends Control, AsyncDisposable {
  /** base URL for requests, without a trailing slash; with the prefix of the test id if there is one */
  readonly url: string;
  /** enabled clients, as of connecting or of the last change of the world by this connection */
  readonly credentials: readonly Credential[];
  /**
   * The credential for a role: of a client that has only this role if there is one, else of any client that has it.
   *
   * @throws RangeError when no enabled client has the role
   */
  credentialFor(role: string): Credential;
  /** as of connecting or of the last change of the world by this connection */
  readonly clientSideKeypairs: readonly ClientSideKeypair[];
  /** ends this connection; the operator runs on */
  close(): Promise<void>;
  /** closes */
  [Symbol.asyncDispose](): Promise<void>;
}

const EXPECTED_URL = 'the http or https URL of a mock operator, without a user, query or fragment';

/** Where an operator is, and the test id of the URL. */
interface Place {
  readonly base: string;
  readonly testId: string;
}

const TEST_PREFIX = /\/__test\/[^/]*$/;

/** @throws ControlError `invalid` */
function placeOf(given: string | URL): Place {
  const text = String(given);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url !== undefined && [url.username, url.search, url.hash].join('') === '';
  if (!isBare || !/^https?:$/.test(url.protocol)) throw invalid('url', EXPECTED_URL, 'another text');
  // the banner of `uid2-mock start` names the URL of control too
  const path = url.pathname.replace(/\/+$/, '').replace(/\/__admin$/, '');
  const [prefix = ''] = TEST_PREFIX.exec(path) ?? [];
  return {
    base: `${url.origin}${path.slice(0, path.length - prefix.length)}`,
    testId: addressed(prefix).testId,
  };
}

/** The same transport, which calls `changed` after every call that changes clients, keypairs or sites. */
function watching(transport: Transport, changed: () => Promise<void>): Transport {
  // a reset changes them only after something else has
  let isChanged = false;
  const over = (inner: Transport): Transport => ({
    async send(call, given) {
      const answer = await inner.send(call, given);
      const changesWorld = call.path === '/world' && call.method !== 'GET';
      isChanged ||= changesWorld;
      if (changesWorld || (isChanged && call.path === '/reset')) await changed();
      return answer;
    },
    follow: (call, given) => inner.follow(call, given),
    isolate: (testId) => over(inner.isolate(testId)),
  });
  return over(transport);
}

interface Connection extends Place {
  readonly transport: Transport;
  /** ends calls in flight and refuses later ones */
  readonly close: () => void;
}

/**
 * A transport to the operator at a URL, without a first call.
 *
 * @throws ControlError `invalid`
 */
export function openConnection(url: string | URL, given: ConnectOptions): Connection {
  const { token, testId: wanted } = checked(options, given, 'options');
  const { base, testId: prefixed } = placeOf(url);
  const testId = wanted ?? prefixed;
  const closing = new AbortController();
  const remote = { base, token, closed: closing.signal };
  return {
    base,
    testId,
    transport: remoteTransport(remote, testId),
    close: () => {
      closing.abort();
    },
  };
}

/**
 * Connects to a mock operator that runs elsewhere.
 *
 * @param url its base URL, which may have a path and end with the prefix of a test id
 * @throws ControlError `unreachable` when no mock operator with `/__admin` answers, `unauthorized` without its token,
 *   `forbidden` when it allows no calls under this host name
 */
export async function connectMockOperator(
  url: string | URL,
  given: ConnectOptions = {},
): Promise<ConnectedOperator> {
  const { base, testId, transport, close: end } = openConnection(url, given);
  await transport.send(serviceCalls.getHealth);
  let world: World;
  const read = async (): Promise<void> => {
    world = await transport.send(worldCalls.getWorld, { query: { secrets: '1' } });
  };
  await read();
  const close = async (): Promise<void> => {
    end();
  };
  return {
    url: testId === '' ? base : `${base}/__test/${testId}`,
    get credentials() {
      return credentialsOf(world);
    },
    credentialFor: (role) => credentialFor(role, credentialsOf(world)),
    get clientSideKeypairs() {
      return keypairsOf(world);
    },
    ...controlOver(watching(transport, read)),
    close,
    ...disposedBy(close),
  };
}
