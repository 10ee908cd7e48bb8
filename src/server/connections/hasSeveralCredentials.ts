import type { IncomingMessage } from 'node:http';

/** Node would take the first of several `Authorization` headers; what stands in front may have looked at another one. */
export function hasSeveralCredentials({ headersDistinct }: IncomingMessage): boolean {
  return (headersDistinct['authorization'] ?? []).length > 1;
}
