import type { EventPosition } from '../cursor/eventPosition.ts';

/** A position with its cursor. */
export interface StatusMark {
  readonly position: EventPosition;
  readonly cursor: string;
}
