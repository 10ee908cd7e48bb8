import type { GraphQLObjectType, OperationDefinitionNode } from 'graphql';

import { CallSite } from './CallSite.ts';
import { collectFields } from './collectFields.ts';
import type { SelectionScope } from './collectFields.ts';
import { pending } from './Execution.ts';
import type { RootField } from './Execution.ts';
import { fail, leafOf, serialized } from './jsonText.ts';
import { SourceTooLongError } from './WriterSource.ts';
import type { WriterSource } from './WriterSource.ts';

/**
 * Compiles one variant of an operation. Returns null if it selects introspection fields or its code can't be created.
 */
export function compileRootFields(
  scope: SelectionScope,
  rootType: GraphQLObjectType,
  operation: OperationDefinitionNode,
  source: WriterSource,
): RootField[] | null {
  const names: string[] = [];
  const fields: Omit<RootField, 'write'>[] = [];
  try {
    for (const [key, [node, ...others]] of collectFields(scope, rootType, [operation.selectionSet])) {
      if (!node) continue;
      const label = `${fields.length === 0 ? '' : ','}${JSON.stringify(key)}:`;
      const path = { prev: undefined, key, typename: rootType.name };
      if (node.name.value === '__typename') {
        fields.push({ label: label + JSON.stringify(rootType.name), site: null, path });
        names.push('fail');
        continue;
      }
      if (!rootType.getFields()[node.name.value]) return null;
      const site = new CallSite(key, rootType, [node, ...others]);
      fields.push({ label, site, path });
      names.push(source.addRoot(site));
    }
  } catch (error) {
    if (error instanceof SourceTooLongError) return null;
    throw error;
  }
  const writers = evaluate(source, names);
  return writers && fields.map((field, at) => ({ ...field, write: writers[at] ?? fail }));
}

/**
 * The code contains names of the schema and the document as JSON strings only, and no other text from a client.
 *
 * @returns null if the process may not create code (`--disallow-code-generation-from-strings`)
 */
function evaluate({ text, constants }: WriterSource, names: readonly string[]): RootField['write'][] | null {
  const parameters = ['c', 'leafOf', 'serialized', 'fail', 'pending'];
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const create = new Function(...parameters, `${text}\nreturn [${names.join()}];`) as CreateWriters;
    return create(constants, leafOf, serialized, fail, pending);
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}

type CreateWriters = (...values: unknown[]) => RootField['write'][];
