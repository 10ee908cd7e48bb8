/** Returns the rules for the schema. A comment explains each rule that is switched off or changed. */
async function readRules() {
  try {
    const { default: graphql } = await import('@graphql-eslint/eslint-plugin');
    return [
      {
        files: ['schema.graphql'],
        languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: './schema.graphql' } } },
        plugins: { '@graphql-eslint': graphql },
        rules: {
          ...graphql.configs['flat/schema-recommended'].rules,
          ...graphql.configs['flat/schema-relay'].rules,
          // Results, errors and pages are values without an identity. Types with an identity have an `id`.
          '@graphql-eslint/strict-id-in-types': 'off',
          // Not every connection can be paged backward: the Event API can only be read forward.
          '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
          '@graphql-eslint/relay-edge-types': [
            'error',
            {
              withEdgeSuffix: true,
              // An event can't be read by its id.
              shouldImplementNode: false,
              // Lists of bounded length, such as the results of a batch, need no pages.
              listTypeCanWrapOnlyEdgeType: false,
            },
          ],
        },
      },
    ];
  } catch (error) {
    // In CI, no rule may be skipped.
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || process.env.CI !== undefined) throw error;
    console.warn('skipped: the rules for schema.graphql, because tools is not installed (npm ci --prefix tools)');
    return [];
  }
}

export const schemaRules = await readRules();
