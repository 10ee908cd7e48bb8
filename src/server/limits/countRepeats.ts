import { Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/** Names no field can have. */
const spread = '...';

/**
 * How much validation has to compare: it holds every field against every other of its name, and fragments against each
 * other, wherever they are spread. The squares of how often each name stands there, added up.
 *
 * @param document one that is small with its fragments followed: each is walked as often as it is spread
 * @param maxFields that it has then, unless fragments go round in circles: those are not walked to their end
 */
export function countRepeats(document: DocumentNode, maxFields: number): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const counts = new Map<string, number>();
  let walked = 0;
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const seen = new Set<string>();
  const within = new Set<string>();
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
        follow(selection.name.value);
      }
    }
  };
  const follow = (name: string) => {
    const fragment = fragments.get(name);
    // A circle is validation's to name.
    if (!fragment || within.has(name)) return;
    seen.add(name);
    within.add(name);
    walk(fragment.selectionSet);
    within.delete(name);
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) walk(definition.selectionSet);
  }
  for (const name of fragments.keys()) if (!seen.has(name)) follow(name);
  if (walked > maxFields) return Infinity;
  return [...counts.values()].reduce((sum, times) => sum + times * times, 0);
}
