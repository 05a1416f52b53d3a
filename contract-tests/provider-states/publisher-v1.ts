/** A server-only publisher as it integrates with the plain API: the consumer of the v1 pact. */

interface Tokens {
  advertisingToken: string;
  refreshToken: string;
  /** Unix milliseconds. */
  refreshFrom: number;
  identityExpires: number;
  refreshExpires: number;
}

type Identity =
  | { status: 'success'; tokens: Tokens }
  | { status: 'optout' }
  | { status: 'refused'; code: number; reason: string };

interface PublisherV1 {
  generate(identity: { email: string } | { email_hash: string } | Record<string, never>): Promise<Identity>;
  refresh(refreshToken: string): Promise<Identity>;
  validate(token: string, email: string): Promise<boolean>;
}

interface Answer {
  status: string;
  body?: Record<string, unknown>;
}

const readTokens = (body: Record<string, unknown>): Tokens => ({
  advertisingToken: String(body['advertising_token']),
  refreshToken: String(body['refresh_token']),
  refreshFrom: Number(body['refresh_from']),
  identityExpires: Number(body['identity_expires']),
  refreshExpires: Number(body['refresh_expires']),
});

/** `apiKey` is undefined for a browser, which has no key and may only refresh. */
export function createPublisherV1(baseUrl: string, apiKey?: string): PublisherV1 {
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };

  const get = async (
    path: string,
    query: Record<string, string>,
  ): Promise<{ code: number; answer: Answer }> => {
    const text = new URLSearchParams(query).toString();
    const response = await fetch(`${baseUrl}${path}${text === '' ? '' : `?${text}`}`, { headers });
    return { code: response.status, answer: (await response.json()) as Answer };
  };

  const identity = async (path: string, query: Record<string, string>): Promise<Identity> => {
    const { code, answer } = await get(path, query);
    if (answer.status === 'success' && answer.body)
      return { status: 'success', tokens: readTokens(answer.body) };
    return answer.status === 'optout'
      ? { status: 'optout' }
      : { status: 'refused', code, reason: answer.status };
  };

  return {
    generate: (query) => identity('/v1/token/generate', query),
    refresh: (refreshToken) => identity('/v1/token/refresh', { refresh_token: refreshToken }),
    async validate(token, email) {
      const { answer } = await get('/v1/token/validate', { token, email });
      return (answer.body as unknown) === true;
    },
  };
}
