/** A UID2 operator in a container, for tests. */

import { GenericContainer, Wait } from 'testcontainers';

const image = process.env.UID2_MOCK_IMAGE ?? 'ghcr.io/uid2-mock/uid2-mock-operator:0.1.0';
const adminToken = 'only-for-tests';

/** Starts it, and says where it is. `control` moves its clock, opts users out and orders faults, as `/__admin` does. */
export async function startMock() {
  const container = await new GenericContainer(image)
    .withExposedPorts(8432)
    .withEnvironment({ UID2_MOCK_ADMIN_TOKEN: adminToken })
    .withWaitStrategy(Wait.forHttp('/ops/healthcheck', 8432))
    .start();
  const url = `http://${container.getHost()}:${container.getMappedPort(8432)}`;
  return {
    url,
    control: async (call, body) => {
      const headers = { authorization: `Bearer ${adminToken}` };
      const answer = await fetch(`${url}/__admin/${call}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    stop: () => container.stop(),
  };
}
