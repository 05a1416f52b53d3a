// For esbuild: leaves out the parts of packages that the product never reaches. They would be half of it, and zod's
// locales alone would take most of the time that it needs to load.

/** Fastify loads these when a route has a schema, an app a logger, or a test injects a request: none of which is so here. */
const unused = /^(@fastify\/(ajv|fast-json-stringify)-compiler|light-my-request|\.\/logger-pino\.js)$/;

export const smallerPackages = {
  name: 'smaller-packages',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {}' }));
    onResolve({ filter: unused }, ({ path, importer }) =>
      /[\\/]node_modules[\\/]fastify[\\/]/.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({
      contents: `module.exports = () => () => { throw new Error('${path} is not in this bundle'); };`,
    }));
  },
};
