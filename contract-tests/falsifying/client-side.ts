/** Requests of client-side generation, opened and sealed again (Protocol §8.5). */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { isRecord, type Exchange, type Json } from './exchange.ts';

const TAG = 16;

/** The JSON of the request; undefined if it is not JSON. */
export function clientSideBody({ sent, isClientSide }: Exchange): Json | undefined {
  if (!isClientSide) return undefined;
  try {
    const body: unknown = JSON.parse(sent.body.toString());
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The payload, decrypted without checking the tag, the length of the IV and the additional data. */
export function openClientSide({ operator }: Exchange, body: Json): string | undefined {
  const key = operator.sharedKey(body['subscription_id'], body['public_key']);
  const iv = Buffer.from(String(body['iv']), 'base64');
  const sealed = Buffer.from(String(body['payload']), 'base64');
  if (!key || iv.length === 0 || sealed.length < TAG) return undefined;
  return createDecipheriv('aes-256-gcm', key, iv).update(sealed.subarray(0, -TAG)).toString();
}

const additionalData = ({ timestamp, app_name: app }: Json): string =>
  JSON.stringify(app === undefined ? [Number(timestamp)] : [Number(timestamp), app]);

/** Sends `body` on, with `text` as its payload. */
export function sealClientSide(exchange: Exchange, body: Json, text: string): void {
  const key = exchange.operator.sharedKey(body['subscription_id'], body['public_key']);
  if (!key) return;
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(additionalData(body)));
  const payload = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  exchange.ask({ ...body, iv: iv.toString('base64'), payload: payload.toString('base64') });
}
