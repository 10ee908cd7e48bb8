import { defineConfig } from 'rolldown';

/** Bundles the gateway and its packages into few files, because Node takes long to load many (docs/decisions/0010). */
export default defineConfig({
  input: 'src/cli/main.ts',
  platform: 'node',
  // Packages that read files of their own: a native module, and GraphiQL, which is served as it is.
  external: ['libsql', /^@graphql-yoga\/render-graphiql/],
  // One graphql for all: as ES modules, also where a package requires it.
  resolve: { mainFields: ['module', 'main'] },
  transform: { target: 'node20.19' },
  output: {
    dir: 'dist/cli',
    cleanDir: true,
    chunkFileNames: '[name].js',
    sourcemap: true,
    comments: { annotation: false, jsdoc: false, legal: true },
  },
});
