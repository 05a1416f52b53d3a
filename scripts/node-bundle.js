// How the product is bundled for Node, by esbuild: in dist/ and in the single executable.
import path from 'node:path';

/** The oldest Node that runs it. */
export const TARGET = 'node20.19';

/** Fastify loads these when a route has a schema, an app a logger, or a test injects a request: none of which is so here. */
const unused = /^(@fastify\/(ajv|fast-json-stringify)-compiler|light-my-request|\.\/logger-pino\.js)$/;

/**
 * Leaves out the parts of packages that the product never reaches. They would be half of it, and zod's locales alone
 * would take most of the time that it needs to load.
 */
const smallerPackages = {
  name: 'smaller-packages',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {}' }));
    onResolve({ filter: unused }, ({ path: name, importer }) =>
      /[\\/]node_modules[\\/]fastify[\\/]/.test(importer) ? { path: name, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'unused' }, ({ path: name }) => ({
      contents: `module.exports = () => () => { throw new Error('${name} is not in this bundle'); };`,
    }));
  },
};

/** esbuild's options; its `metafile` says what is inside. */
export const nodeBundle = {
  absWorkingDir: path.resolve(import.meta.dirname, '..'),
  bundle: true,
  platform: 'node',
  // a CommonJS package that is imported later would have its default export only
  mainFields: ['module', 'main'],
  target: TARGET,
  plugins: [smallerPackages],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
