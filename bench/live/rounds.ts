/** Number of rounds. `BENCH_ROUNDS=1` gives a first impression. */
export const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);

/** Reverses the items in every second round, so that changes of the machine over time affect all of them. */
export function inTurns<Item>(items: readonly Item[], round: number): Item[] {
  return round % 2 === 0 ? [...items] : items.toReversed();
}
