/** A client of the encrypted API, sealing as real ones do: the consumer of the v2 pact. */
import { randomBytes } from 'node:crypto';
import { openResponse, openWithKey, sealRequest } from '../wire/index.ts';

interface ReplyV2 {
  code: number;
  json: unknown;
}

export interface ClientV2 {
  /** `payload` undefined: an envelope without one. */
  call(path: string, payload?: unknown): Promise<ReplyV2>;
  /** `responseKey`: base64, as it came with the token. */
  refresh(refreshToken: string, responseKey: string): Promise<ReplyV2>;
}

/** `secret`: base64 of 32 bytes. */
export function createClientV2(baseUrl: string, apiKey: string, secret: string): ClientV2 {
  const key = Buffer.from(secret, 'base64');
  const post = (path: string, body: string): Promise<Response> =>
    fetch(baseUrl + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/plain' },
      body,
    });
  const read = async (response: Response, open: (sealed: Buffer) => Buffer): Promise<ReplyV2> => {
    const text = await response.text();
    const plain = response.status === 200 ? open(Buffer.from(text, 'base64')).toString('utf8') : text;
    return { code: response.status, json: JSON.parse(plain) as unknown };
  };
  return {
    async call(path, payload) {
      const nonce = randomBytes(8);
      const bytes = payload === undefined ? undefined : Buffer.from(JSON.stringify(payload));
      const sealed = sealRequest(key, bytes, { timestampMs: Date.now(), nonce });
      return read(await post(path, sealed.toString('base64')), (answer) => {
        const opened = openResponse(key, answer);
        if (!opened.nonce.equals(nonce)) throw new Error('nonce: expected that of the request, got another');
        return opened.payload;
      });
    },
    async refresh(refreshToken, responseKey) {
      const response = await post('/v2/token/refresh', refreshToken);
      return read(response, (answer) => openWithKey(Buffer.from(responseKey, 'base64'), answer));
    },
  };
}
