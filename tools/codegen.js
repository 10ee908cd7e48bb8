import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Returns the configuration that generates the types of an example's documents into its folder `generated`. */
function example(name) {
  const folder = `${root}examples/${name}`;
  return {
    [`${folder}/generated/`]: {
      documents: `${folder}/*.ts`,
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        importExtension: '.js',
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { ID: 'string', Date: 'string', DateTime: 'string', Decimal: 'string' },
      },
    },
  };
}

/** @type {import('@graphql-codegen/cli').CodegenConfig} */
export default {
  schema: `${root}schema.graphql`,
  generates: {
    ...example('apollo'),
    ...example('urql'),
    // Apollo's cache has to know which types implement an interface.
    [`${root}examples/apollo/generated/possibleTypes.ts`]: {
      plugins: ['fragment-matcher'],
      config: { useExplicitTyping: false },
    },
  },
};
