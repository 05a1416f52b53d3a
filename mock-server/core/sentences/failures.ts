/** Failures that no caller can fix: the world, the options or the mock are at fault. */
export const failures = {
  scripts_off: 'scripts under /static/js/ come from the folder of the option static, and none is named',
  no_active_master_key: 'no master key is active at the time of the clock',
  no_active_site_key:
    'neither the site {site_id} nor the fallback site has a key that is active at the time of the clock',
  no_active_refresh_key: 'no refresh key is active at the time of the clock',
  optout_service_absent: 'the world has no opt-out service (optout_service_configured is false)',
  failed: 'the mock itself failed: {message}',
} as const;
