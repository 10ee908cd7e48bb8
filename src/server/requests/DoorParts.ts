import type { Authenticator } from '../../auth/Authenticator.ts';
import type { Limits } from '../../config/limits.ts';
import type { Engine } from '../../engine/Engine.ts';
import type { Log } from '../../log.ts';

import type { ParseQueue } from './ParseQueue.ts';

/** The parts that all doors to the engine need. */
export interface DoorParts {
  engine: Engine;
  authenticator: Authenticator;
  limits: Limits;
  parseQueue: ParseQueue;
  log: Log;
}
