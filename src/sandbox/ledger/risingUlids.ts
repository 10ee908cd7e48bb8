import { decodeTime, encodeTime, incrementBase32, ulid } from 'ulid';

const timeLetters = 10;

/**
 * Makes ULIDs that only rise: the first of a millisecond is drawn, the next one adds one.
 *
 * @param last the highest so far, of an earlier run; ulid's own factory can't go on from one
 */
export function risingUlids(random: () => number, last: string | null): (milliseconds: number) => string {
  let lastTime = last === null ? -1 : decodeTime(last);
  let tail = last?.slice(timeLetters) ?? '';
  return (milliseconds) => {
    tail = milliseconds > lastTime ? ulid(milliseconds, random).slice(timeLetters) : incrementBase32(tail);
    lastTime = Math.max(lastTime, milliseconds);
    return encodeTime(lastTime, timeLetters) + tail;
  };
}
