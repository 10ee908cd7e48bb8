import type { IncomingMessage } from 'node:http';

import { targetOf } from '../connections/pathOf.ts';
import { normalizeAccept, parseMediaType } from './mediaTypes.ts';

/**
 * Rewrites the target, `Accept` and `Content-Type` of a request into one canonical form each, so that later code can
 * compare strings. A malformed value stays as it is and is refused where it is needed.
 */
export function normalizeHead(request: IncomingMessage): void {
  const { headers } = request;
  request.url = targetOf(request);
  headers.accept = normalizeAccept(headers.accept);
  // Some clients send it twice.
  const mediaType = parseMediaType(headers['content-type']?.split(',', 1)[0] ?? '');
  if (mediaType) headers['content-type'] = String(mediaType);
}
