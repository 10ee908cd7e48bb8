import type { IncomingHttpHeaders } from 'node:http';

import type { Operation } from '../domain/matchOperation.ts';

/** One request to the API, read whole. */
export interface ApiRequest {
  operation: Operation;
  /** The id in the path; `''` where the operation has none. */
  id: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}
