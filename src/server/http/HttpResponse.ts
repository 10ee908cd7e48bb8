import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';

import type { RunningKey } from '../../engine/limits/RunningOperations.ts';

/** A response that counts as a running operation until it has been sent. */
export class HttpResponse<Request extends IncomingMessage = IncomingMessage>
  extends ServerResponse<Request>
  implements RunningKey
{
  holds = 0;
  isSuspended = false;
}
