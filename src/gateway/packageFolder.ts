/** The folder of package.json and dist/. Both src/gateway/, where this file is, and dist/cli/, its bundle, are two below. */
export const packageFolder = new URL('../../', import.meta.url);
