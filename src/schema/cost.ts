/** What a call of the API weighs, in fields of an answer. */
export const callCost = 100;

interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
}

/** A page: what it takes to read it, and what is asked of each of its entries. */
export function pageCost({ first, last }: PageArguments): { field: number; multiplier: number } {
  // As many as are read where nobody says how many.
  return { field: callCost, multiplier: Math.max(0, first ?? last ?? 50) };
}
