import { Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/** The key under which spreads are counted. No field can have this name. */
const spread = '...';

/**
 * Estimates how many comparisons validation makes. It compares every field with all others of its name, and fragments
 * with one another. The estimate is the sum of the squares of how often each name occurs.
 *
 * @param document must be small even with its fragments expanded: each fragment is walked as often as it is spread
 * @param maxFields the walk stops after this many selections, which only cyclic fragments can exceed
 */
export function countComparisons(document: DocumentNode, maxFields: number): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const counts = new Map<string, number>();
  let walked = 0;
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const visited = new Set<string>();
  const ancestors = new Set<string>();
  const walk = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      walked += 1;
      if (walked > maxFields) return;
      if (selection.kind === Kind.FIELD) {
        count((selection.alias ?? selection.name).value);
        if (selection.selectionSet) walk(selection.selectionSet);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet);
      } else {
        count(spread);
        walkFragment(selection.name.value);
      }
    }
  };
  const walkFragment = (name: string) => {
    const fragment = fragments.get(name);
    // Validation reports cycles.
    if (!fragment || ancestors.has(name)) return;
    visited.add(name);
    ancestors.add(name);
    walk(fragment.selectionSet);
    ancestors.delete(name);
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) walk(definition.selectionSet);
  }
  for (const name of fragments.keys()) if (!visited.has(name)) walkFragment(name);
  if (walked > maxFields) return Infinity;
  return [...counts.values()].reduce((sum, times) => sum + times * times, 0);
}
