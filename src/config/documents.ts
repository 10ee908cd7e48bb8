import { flag, text } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf, Environment } from './Variable.ts';

export const documentVariables = {
  file: variable(
    'PERSISTED_OPERATIONS',
    text,
    'path of a manifest of [trusted documents](security.md#trusted-documents), for which clients may send an id instead of the text',
  ),
  only: variable('PERSISTED_OPERATIONS_ONLY', flag, '`true`: only documents of the manifest are executed', 'false'),
} as const;

/** Which documents clients may send. */
export type DocumentsConfig = ConfigOf<typeof documentVariables>;

export function manifestProblems(environment: Environment): string[] {
  const { PERSISTED_OPERATIONS: file, PERSISTED_OPERATIONS_ONLY: only } = environment;
  if (file !== undefined || flag.safeParse(only).data !== true) return [];
  return ['PERSISTED_OPERATIONS: missing, PERSISTED_OPERATIONS_ONLY requires a manifest'];
}
