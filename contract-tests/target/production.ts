/** The hosts of the production services of UID2 and EUID. */

const PRODUCTION = /(^|\.)prod\.(uidapi\.com|euid\.eu)\.*$/;

/** Whether a valid URL names a production host. */
export const isProduction = (url: string): boolean => PRODUCTION.test(new URL(url).hostname);
