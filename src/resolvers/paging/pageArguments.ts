import { BadUserInputError } from '../../errors/BadUserInputError.ts';

export interface ConnectionArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** The direction and size of a page. */
export interface PageRequest {
  direction: 'forward' | 'backward';
  count: number;
}

const defaultPageSize = 50;
export const maxPageSize = 500;

/** @throws BadUserInputError */
export function readPageRequest({ first, last, before }: ConnectionArguments): PageRequest {
  if (last === null || last === undefined) {
    return { direction: 'forward', count: checkedCount('first', first ?? defaultPageSize) };
  }
  if (first !== null && first !== undefined) throw new BadUserInputError('expected first or last, found both');
  if (before === null || before === undefined) throw new BadUserInputError('last needs before');
  return { direction: 'backward', count: checkedCount('last', last) };
}

function checkedCount(name: string, count: number): number {
  if (count > maxPageSize) throw new BadUserInputError(`${name} is ${count}, at most ${maxPageSize}`);
  if (count < 0) throw new BadUserInputError(`${name} is ${count}, at least 0`);
  return count;
}
