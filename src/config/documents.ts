import { flag, text } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf, Environment } from './Variable.ts';

export const documentVariables = {
  file: variable(
    'PERSISTED_OPERATIONS',
    text,
    'manifest of [trusted documents](security.md#trusted-documents), which clients may send by id',
  ),
  only: variable('PERSISTED_OPERATIONS_ONLY', flag, '`true`: only the trusted documents are executed', 'false'),
} as const;

/** Which documents clients may send. */
export type DocumentsConfig = ConfigOf<typeof documentVariables>;

export function manifestProblems(environment: Environment): string[] {
  const { PERSISTED_OPERATIONS: file, PERSISTED_OPERATIONS_ONLY: only } = environment;
  if (file !== undefined || flag.safeParse(only).data !== true) return [];
  return ['PERSISTED_OPERATIONS: missing, PERSISTED_OPERATIONS_ONLY requires a manifest'];
}
