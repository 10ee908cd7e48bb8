/** The cost of an API call. A field of a response costs 1. */
export const callCost = 100;

interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
}

/** The cost of a page: one call, and the selected fields once per entry. */
export function pageCost({ first, last }: PageArguments): { field: number; multiplier: number } {
  const defaultPageSize = 50;
  return { field: callCost, multiplier: Math.max(0, first ?? last ?? defaultPageSize) };
}
