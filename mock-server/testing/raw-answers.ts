/** Requests whose answers may be broken: what came of an answer is recorded, whether the connection held or not. */

import { randomBytes } from 'node:crypto';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { openResponse, sealRequest } from '../../contract-tests/wire/index.ts';
import type { Credential, MockOperator } from '../index.ts';
import { bearer, companyOf } from './caller.ts';

const PATIENCE_MS = 15_000;

/** What came of an answer. */
interface RawAnswer {
  /** undefined when no head came */
  readonly status?: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** whether the connection failed before the end of the answer */
  readonly isBroken: boolean;
}

interface RawRequest {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** gives up the request */
  readonly signal?: AbortSignal;
}

/** Sends a request on a connection of its own. Never rejects. */
export function rawAnswer(
  url: string,
  target: string,
  { method = 'GET', headers = {}, body, signal }: RawRequest = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let status: number | undefined;
    let received: IncomingHttpHeaders = {};
    const end = (isBroken: boolean): void => {
      resolve({
        ...(status !== undefined && { status }),
        headers: received,
        body: Buffer.concat(parts),
        isBroken,
      });
    };
    const options = {
      agent: false,
      method,
      path: target,
      headers,
      timeout: PATIENCE_MS,
      ...(signal && { signal }),
    };
    const sent = request(url, options, (response) => {
      status = response.statusCode;
      received = response.headers;
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => {
        end(true);
      });
      response.on('end', () => {
        end(!response.complete);
      });
    });
    sent.on('error', () => {
      end(true);
    });
    sent.on('timeout', () => sent.destroy());
    sent.end(body);
  });
}

interface SealedRequest {
  readonly credential?: Credential;
  readonly binary?: boolean;
  readonly headers?: OutgoingHttpHeaders;
  readonly signal?: AbortSignal;
}

/** A request in the envelope. Its answer is not opened; `open` does so, or throws. */
export async function sealedAnswer(
  mock: MockOperator,
  path: string,
  payload: unknown,
  { credential = companyOf(mock), binary = false, headers = {}, signal }: SealedRequest = {},
) {
  const secret = Buffer.from(credential.secret, 'base64');
  const nonce = randomBytes(8);
  const sealed = sealRequest(secret, Buffer.from(JSON.stringify(payload)), {
    timestampMs: mock.clock.now(),
    nonce,
  });
  const answer = await rawAnswer(mock.url, path, {
    method: 'POST',
    headers: {
      ...bearer(credential),
      ...headers,
      ...(binary && { 'content-type': 'application/octet-stream' }),
    },
    body: binary ? sealed : sealed.toString('base64'),
    ...(signal && { signal }),
  });
  return {
    ...answer,
    /** Opens it; `isOwn` says whether the nonce is that of the request. */
    open: () => {
      const bytes = binary ? answer.body : Buffer.from(answer.body.toString(), 'base64');
      const opened = openResponse(secret, bytes);
      const json = JSON.parse(opened.payload.toString());
      return { timestampMs: opened.timestampMs, isOwn: opened.nonce.equals(nonce), json };
    },
  };
}
