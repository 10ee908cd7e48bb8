import { defineConfig } from 'rolldown';
import type { Plugin } from 'rolldown';

/** A single character outside of Latin-1 makes V8 keep two bytes for each character of a file. */
const escapeUnicode: Plugin = {
  name: 'escape-unicode',
  generateBundle: (_options, bundle) => {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escapeUnit);
    }
  },
};

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Bundles the gateway and its packages into few files, since Node takes long to load many (docs/decisions/0010). */
export default defineConfig({
  input: 'src/cli/main.ts',
  platform: 'node',
  // Packages that read files of their own: a native module, and GraphiQL, which is served as it is.
  external: ['libsql', /^@graphql-yoga\/render-graphiql/],
  // One graphql for all: as ES modules, also where a package requires it.
  resolve: { mainFields: ['module', 'main'] },
  transform: { target: 'node20.19' },
  plugins: [escapeUnicode],
  output: {
    dir: 'dist/cli',
    cleanDir: true,
    chunkFileNames: '[name].js',
    sourcemap: true,
    comments: { annotation: false, jsdoc: false, legal: true },
  },
});
