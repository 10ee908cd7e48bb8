import { isObjectType } from 'graphql';
import type { GraphQLField, GraphQLFieldResolver, GraphQLResolveInfo, GraphQLSchema } from 'graphql';

/** What a resolver returned or threw. */
export type Call = { returned: unknown } | { thrown: unknown };

/** The path to a place in a result, in the form that graphql-js uses. */
export type Path = NonNullable<GraphQLResolveInfo['path']>;

/** Returns a string that identifies a place in a result. */
export function placeOf(path: Path): string {
  let place = '';
  for (let at: Path | undefined = path; at; at = at.prev) place += `.${at.key}`;
  return place;
}

/**
 * The resolver calls of a compiled execution that could not be completed. graphql-js executes the operation again with
 * the replay as root value: resolvers that were called before are not called again, their outcomes are repeated.
 */
export class Replay {
  readonly #calls: ReadonlyMap<string, Call>;
  readonly #rootValue: unknown;

  constructor(calls: ReadonlyMap<string, Call>, rootValue: unknown) {
    this.#calls = calls;
    this.#rootValue = rootValue;
  }

  /** Repeats the outcome of the field's resolver if it was called before. Otherwise calls it. */
  resolve(
    resolver: GraphQLFieldResolver<unknown, unknown>,
    [source, args, context, info]: Parameters<GraphQLFieldResolver<unknown, unknown>>,
  ): unknown {
    const call = this.#calls.get(placeOf(info.path));
    if (!call) {
      const rootValue = this.#rootValue;
      return resolver(source === this ? rootValue : source, args, context, { ...info, rootValue });
    }
    if ('thrown' in call) throw call.thrown;
    return call.returned;
  }
}

/**
 * Whether a resolver may be called again: it has no side effects, and returns the same value each time, never a
 * promise.
 */
export function isPure(extensions: GraphQLField<unknown, unknown>['extensions']): boolean {
  return extensions['pure'] === true;
}

const prepared = new WeakSet<GraphQLSchema>();

/** Wraps the resolvers of a schema, so that a `Replay` can repeat their outcomes. Other executions are not affected. */
export function prepareReplays(schema: GraphQLSchema): void {
  if (prepared.has(schema)) return;
  prepared.add(schema);
  const rootTypes = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve, extensions } = field;
      // Pure resolvers below the root may be called again, so their calls are not recorded.
      if (!resolve || (isPure(extensions) && !rootTypes.has(type))) continue;
      field.resolve = (source, args, context, info) =>
        info.rootValue instanceof Replay
          ? info.rootValue.resolve(resolve, [source, args, context, info])
          : resolve(source, args, context, info);
    }
  }
}
