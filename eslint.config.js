import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

import { schemaRules } from './tools/eslint.schema.js';

/** For the gateway and the console alike. */
const rules = {
  'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' }],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  // A number in a template is what most messages are made of.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // An async method that happens not to wait still keeps its promise type.
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'examples/*/generated'] },
  {
    files: ['**/*.ts'],
    ignores: ['console/**'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules,
  },
  {
    files: ['console/**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, reactHooks.configs.flat.recommended],
    languageOptions: {
      parserOptions: { project: './console/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...rules,
      // An effect that starts a request says at once that it is running.
      'react-hooks/set-state-in-effect': 'off',
      // What changes outside of React is read through useSyncExternalStore; the rule does not know that such objects
      // are read again with every change, nor that a virtual list is one.
      'react-hooks/incompatible-library': 'off',
    },
  },
  {
    files: ['*.config.ts', 'console/*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  ...schemaRules,
);
