// How `uid2-mock-operator/doctor` is bundled: by itself, with all that it imports, so that it runs in a browser too.
export const doctorBundle = {
  entryPoints: ['mock-server/doctor.ts'],
  bundle: true,
  // a module of Node is an error here
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2023',
  format: 'esm',
  logLevel: 'warning',
};
