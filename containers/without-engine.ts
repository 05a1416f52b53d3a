/**
 * For tests: what the recipe for Node asks of testcontainers, on a machine without an engine. The container is the built
 * image all the same. `UID2_MOCK_TEST_IMAGE` has its configuration and its root, as JSON.
 */

import { startContainer } from './container.ts';

interface HttpWait {
  path: string;
  port: number;
}

export const Wait = { forHttp: (path: string, port: number): HttpWait => ({ path, port }) };

const exposed = (ports: readonly number[], asked: number): void => {
  if (!ports.includes(asked))
    throw new Error(`expected one of the exposed ports ${ports.join()}; got ${asked}`);
};

export class GenericContainer {
  readonly #ports: number[] = [];
  readonly #variables: Record<string, string> = {};
  #wait: HttpWait | undefined;

  withExposedPorts(...ports: number[]): this {
    this.#ports.push(...ports);
    return this;
  }

  withEnvironment(variables: Record<string, string>): this {
    Object.assign(this.#variables, variables);
    return this;
  }

  withWaitStrategy(wait: HttpWait): this {
    this.#wait = wait;
    return this;
  }

  async start() {
    const image = JSON.parse(process.env['UID2_MOCK_TEST_IMAGE'] ?? '');
    const variables = { ...this.#variables, UID2_MOCK_PORT: '0', UID2_MOCK_JSON: 'true' };
    const container = startContainer(image, undefined, variables);
    const [line] = await container.printed(/^\{.*\}\n/);
    const port = Number(new URL(JSON.parse(line).url).port);
    if (this.#wait !== undefined) {
      exposed(this.#ports, this.#wait.port);
      const { status } = await fetch(`http://127.0.0.1:${port}${this.#wait.path}`);
      if (status !== 200) throw new Error(`expected status 200 at ${this.#wait.path}; got ${status}`);
    }
    return {
      getHost: () => '127.0.0.1',
      getMappedPort: (asked: number): number => {
        exposed(this.#ports, asked);
        return port;
      },
      stop: async (): Promise<void> => {
        container.kill('SIGTERM');
        await container.ended;
      },
    };
  }
}
