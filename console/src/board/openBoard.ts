import type { LiveEvents } from '../live/LiveEvents.ts';
import type { BoardStore } from './BoardStore.ts';
import type { BoardFilter } from './filter.ts';

/** Reads the board, then follows the events after it. If the board can't be read, the board shows the error. */
export function openBoard(board: BoardStore, live: LiveEvents, filter: BoardFilter): void {
  board.load(filter).then(
    (cursor) => live.startOnce(cursor, board),
    () => undefined,
  );
}
