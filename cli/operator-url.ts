/** Where commands look for a running operator. */

/** What stands for every address of a machine, with the one to connect to. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** The URL at which `start` listens in the same environment. */
export function operatorUrl({ UID2_MOCK_HOST, UID2_MOCK_PORT, PORT }: NodeJS.ProcessEnv): string {
  const host = UID2_MOCK_HOST || '127.0.0.1';
  const reached = ANY_ADDRESS[host] ?? host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${UID2_MOCK_PORT || PORT || '8432'}`;
}
