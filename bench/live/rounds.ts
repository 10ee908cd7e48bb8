/** How often everything is measured; `BENCH_ROUNDS=1` gives a first impression. */
export const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);

/** Every second round goes the other way: what the machine does over time must not always meet the same one. */
export function inTurns<Item>(items: readonly Item[], round: number): Item[] {
  return round % 2 === 0 ? [...items] : items.toReversed();
}
