/** What fixes failures of the world, the options or the mock. */

import type { failures as sentences } from '../../../sentences/failures.ts';
import type { Fix } from '../../cause.ts';

export const failures: Readonly<Record<keyof typeof sentences, Fix>> = {
  scripts_off: { fix: 'name the folder with the scripts by the option static', section: '6.4' },
  no_active_master_key: {
    fix: 'rotate the master key, or set the clock to a time at which one is active',
    section: '4.2',
  },
  no_active_site_key: {
    fix: 'give the site {site_id} a key that is active now, or set the clock',
    section: '4.2',
  },
  no_active_refresh_key: {
    fix: 'rotate the refresh key, or set the clock to a time at which one is active',
    section: '4.2',
  },
  optout_service_absent: { fix: 'set optout_service_configured of the world to true', section: '8.4' },
  failed: { fix: 'report the request with the log of the mock', section: '6.4' },
};
