import type { LiveEvents } from '../live/LiveEvents.ts';
import type { BoardStore } from './BoardStore.ts';
import type { BoardFilter } from './filter.ts';

/** Reads the board and follows the events from there on. The board itself shows why it can't be read. */
export function openBoard(board: BoardStore, live: LiveEvents, filter: BoardFilter): void {
  board.load(filter).then(
    (cursor) => live.startOnce(cursor, board),
    () => undefined,
  );
}
