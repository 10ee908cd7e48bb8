import { z } from 'zod';

/** Which documents clients may send. */
export interface DocumentsConfig {
  /** The manifest of persisted operations; null for none. */
  file: string | null;
  /** Nothing else is executed. */
  only: boolean;
}

export const documentsEnvironment = z.object({
  PERSISTED_OPERATIONS: z.string().optional(),
  PERSISTED_OPERATIONS_ONLY: z.stringbool({ error: 'expected true or false' }).default(false),
});

export function documentsOf(values: z.output<typeof documentsEnvironment>): DocumentsConfig {
  return { file: values.PERSISTED_OPERATIONS ?? null, only: values.PERSISTED_OPERATIONS_ONLY };
}

/** A door that was meant to be shut, or one that nothing could come through. */
export function needlessDocuments(given: Record<string, string>): string[] {
  const { PERSISTED_OPERATIONS: file, PERSISTED_OPERATIONS_ONLY: only } = given;
  if (file !== undefined || !/^(?:true|1|yes|on|y|enabled)$/i.test(only ?? '')) return [];
  return ['PERSISTED_OPERATIONS: missing, PERSISTED_OPERATIONS_ONLY needs the manifest'];
}
