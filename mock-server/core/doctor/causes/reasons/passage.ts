/** What fixes an exchange that the proxy saw fail. */

import type { passage as sentences } from '../../../sentences/passage.ts';
import type { Fix } from '../../cause.ts';

export const passage: Readonly<Record<keyof typeof sentences, Fix>> = {
  target_unreachable: {
    fix: 'check the host and port of --target, and that the operator runs',
    section: '6.1',
  },
  target_untrusted: {
    fix: 'name a file with the certificate of its authority in NODE_EXTRA_CA_CERTS',
    section: '6.1',
  },
  target_reset: { fix: 'send the request again, and look into the log of the operator', section: '6.1' },
  target_closed: { fix: 'send the request again, and look into the log of the operator', section: '6.1' },
  client_gone: { fix: 'give the client a longer timeout', section: '6.1' },
  target_refused: {
    fix: 'compare the request with the data of the target: keys, salts, tokens and opt-outs are its own',
    section: '6.2',
  },
  target_key_refused: {
    fix: 'ask for the roles of the key, and for the environment to which it belongs',
    section: '6.1',
  },
  target_secret_differs: {
    fix: 'use the client secret that came with this API key in this environment',
    section: '7.1',
  },
  target_answer_nonce: {
    fix: 'check whether something between here and the operator keeps answers and gives them to other requests',
    section: '7.2',
  },
  target_answer_sealed: {
    fix: 'check whether something between here and the operator changes answers',
    section: '7.2',
  },
  target_clock_differs: {
    fix: 'set the clock of the client to the right time; the operator accepts less than two minutes of difference',
    section: '7.3',
  },
};
