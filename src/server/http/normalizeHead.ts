import type { IncomingMessage } from 'node:http';

import { targetOf } from '../connections/paths.ts';
import { memoize } from './memoize.ts';
import { normalizeAccept, parseMediaType } from './mediaTypes.ts';

/**
 * Rewrites the target, `Accept` and `Content-Type` of a request into one canonical form each, so that later code can
 * compare strings. A malformed value stays as it is and is refused where it is needed.
 */
export function normalizeHead(request: IncomingMessage): void {
  const { headers } = request;
  request.url = targetOf(request);
  headers.accept = accept(headers.accept ?? '');
  if (headers['content-type'] !== undefined) headers['content-type'] = contentType(headers['content-type']);
}

const accept = memoize(normalizeAccept);

const contentType = memoize((text) => {
  // Some clients send it twice.
  const mediaType = parseMediaType(text.split(',', 1)[0] ?? '');
  return mediaType ? String(mediaType) : text;
});
