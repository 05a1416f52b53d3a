/** Mistakes of sealed requests of client-side generation. */

import { cause } from './text.ts';

export const clientGenerateCauses = {
  cstg_public_key_wrong_form: cause(
    'public_key is {form}',
    'send base64 (standard alphabet) of the SubjectPublicKeyInfo in DER of the own key, without a prefix',
    '8.5',
  ),
  cstg_shared_hashed: cause(
    'the payload was sealed with {what} of the shared secret',
    'use the 32 bytes of the ECDH shared secret as the AES key, without hashing or stretching',
    '8.5',
  ),
  cstg_other_keypair: cause(
    'the payload was sealed for the key pair {subscription}, not for that of subscription_id',
    'use the public key and the subscription_id of the same key pair',
    '8.5',
  ),
  cstg_aad_wrong: cause(
    'the additional data is {what}',
    'use the compact JSON list [timestamp], or [timestamp,"app_name"] where the request has an app_name',
    '8.5',
  ),
  cstg_aad_time: cause(
    'the additional data has another time than the request ({ms} ms apart)',
    'take the time once, and use it for timestamp and for the additional data',
    '8.5',
  ),
  cstg_iv_form: cause('iv is {form}', 'send base64 of 12 random bytes', '8.5'),
  cstg_payload_form: cause('payload is {form}', 'send standard base64 of ciphertext and tag', '8.5'),
  cstg_tag_missing: cause('payload has no tag', 'append the GCM tag of 16 bytes to the ciphertext', '8.5'),
  cstg_aad_unknown: cause(
    'the key opens the payload, but its additional data is another',
    'use the compact JSON list [timestamp], or [timestamp,"app_name"] where the request has an app_name',
    '8.5',
  ),
} as const;
