import type { IncomingMessage } from 'node:http';

import { acceptedAnswers } from '../pipeline/request/acceptedAnswers.ts';
import { mediaTypeOf } from '../pipeline/request/mediaTypeOf.ts';
import { targetOf } from '../connections/pathOf.ts';

/**
 * Rewrites what the head of a request may say in several ways, so that all that is behind may compare texts: the target,
 * `Accept` and `Content-Type`. What can't be read stays as it is, and is refused where it is needed.
 */
export function normalizeHead(request: IncomingMessage): void {
  const { headers } = request;
  request.url = targetOf(request);
  headers.accept = acceptedAnswers(headers.accept);
  // Some clients say it twice.
  const mediaType = mediaTypeOf(headers['content-type']?.split(',', 1)[0] ?? '');
  if (mediaType) headers['content-type'] = String(mediaType);
}
