import { locatedError } from 'graphql';
import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';

import type { CallSite } from './CallSite.ts';
import type { Variables } from './compileVariables.ts';
import { anomaly, fail, isPromise } from './jsonText.ts';
import { Replay, placeOf } from './Replay.ts';
import type { Call, Path } from './Replay.ts';

export interface WrittenResult {
  /** The JSON text of `data`. */
  data: string;
  errors: readonly GraphQLError[] | null;
}

/** A root field of a compiled operation. */
export interface RootField {
  /** The text before the value: a comma (unless the field is the first), the key and a colon. */
  label: string;
  /** Null for `__typename`, whose value is part of the label. */
  site: CallSite | null;
  path: Path;
  /** Writes the value as JSON. Throws if only graphql-js can complete it. */
  write: (value: unknown, execution: Execution, path: Path) => string;
}

/** The parts of an operation that are the same for all of its executions. */
export interface OperationParts {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** Stands for the value of a nested resolver whose promise has not been fulfilled yet. */
export const pending = Symbol('pending');

interface NestedCall {
  call: Call;
  /** What the resolver returned, or what its promise resolved to; `pending` until then. */
  value: unknown;
}

/**
 * One execution of a compiled operation. Calls the resolvers as graphql-js does, and writes each root field as text
 * once its value is available. If resolvers inside that value return promises, these are awaited, and the root field is
 * written again with their values.
 *
 * A run fails, with any error, if only graphql-js can produce the result. `replay` then lets graphql-js execute the
 * operation without calling the same resolvers again.
 */
export class Execution {
  readonly context: unknown;
  readonly coerced: Variables['coerced'];
  readonly #operation: OperationParts;
  readonly #fields: readonly RootField[];
  readonly #rootValue: unknown;
  readonly #texts: string[] = [];
  readonly #errors: GraphQLError[] = [];
  readonly #rootCalls: Call[] = [];
  #nestedCalls: Map<string, NestedCall> | null = null;
  #pending: Promise<void>[] = [];
  #info: GraphQLResolveInfo | null = null;
  #isReplayed = false;

  constructor(
    operation: OperationParts,
    fields: readonly RootField[],
    { context, coerced, rootValue }: { context: unknown; coerced: Variables['coerced']; rootValue: unknown },
  ) {
    this.context = context;
    this.coerced = coerced;
    this.#operation = operation;
    this.#fields = fields;
    this.#rootValue = rootValue;
  }

  /** The `info` that `resolveType` and `isTypeOf` get: that of the first root field. */
  get info(): GraphQLResolveInfo {
    if (this.#info) return this.#info;
    const field = this.#fields.find(({ site }) => site);
    this.#info = field?.site ? this.#infoOf(field.site, field.path) : fail();
    return this.#info;
  }

  runInParallel(): WrittenResult | Promise<WrittenResult> {
    const waits: Promise<void>[] = [];
    try {
      for (let at = 0; at < this.#fields.length; at += 1) {
        const wait = this.#run(at);
        if (wait) waits.push(wait);
      }
    } catch (error) {
      for (const wait of waits) wait.catch(() => undefined);
      throw error;
    }
    const [first] = waits;
    if (!first) return this.#result();
    return (waits.length === 1 ? first : Promise.all(waits)).then(() => this.#result());
  }

  async runInSeries(): Promise<WrittenResult> {
    for (let at = 0; at < this.#fields.length; at += 1) {
      const wait = this.#run(at);
      if (wait) await wait;
    }
    return this.#result();
  }

  /** Ends this execution, which calls no resolvers afterwards, and returns the calls made so far. */
  replay(): Replay {
    this.#isReplayed = true;
    const calls = new Map<string, Call>();
    this.#rootCalls.forEach((call, at) => {
      const field = this.#fields[at];
      if (field) calls.set(placeOf(field.path), call);
    });
    for (const [place, { call }] of this.#nestedCalls ?? []) calls.set(place, call);
    return new Replay(calls, this.#rootValue);
  }

  /**
   * Calls a resolver inside the value of a root field, once for each path. Called by the generated code.
   *
   * @returns the value of the field; `pending` while it is a promise
   */
  call(site: CallSite, source: unknown, path: Path): unknown {
    const place = placeOf(path);
    const calls = (this.#nestedCalls ??= new Map<string, NestedCall>());
    const found = calls.get(place);
    if (found) return found.value;
    const args = site.argumentsOf(this.coerced);
    let returned: unknown;
    try {
      returned = site.resolve(source, args, this.context, this.#infoOf(site, path));
    } catch (thrown) {
      calls.set(place, { call: { thrown }, value: pending });
      throw thrown;
    }
    const settling = settle(returned);
    const nested: NestedCall = { call: { returned }, value: settling ? pending : returned };
    calls.set(place, nested);
    if (!settling) return returned;
    const wait = settling.then((value) => void (nested.value = value));
    // The execution may fail before it awaits this promise.
    wait.catch(() => undefined);
    this.#pending.push(wait);
    return pending;
  }

  #run(at: number): Promise<void> | undefined {
    const { site, path } = this.#field(at);
    if (!site) return undefined;
    const args = site.argumentsOf(this.coerced);
    let returned: unknown;
    try {
      returned = site.resolve(this.#rootValue, args, this.context, this.#infoOf(site, path));
    } catch (thrown) {
      this.#rootCalls[at] = { thrown };
      this.#reject(at, site, thrown);
      return undefined;
    }
    this.#rootCalls[at] = { returned };
    if (!isPromise(returned)) return this.#complete(at, returned);
    return returned.then(
      (value) => this.#complete(at, value),
      (reason: unknown) => this.#reject(at, site, reason),
    );
  }

  #complete(at: number, value: unknown): Promise<void> | undefined {
    if (this.#isReplayed) return undefined;
    const settling = settle(value);
    return settling ? settling.then((settled) => this.#write(at, settled)) : this.#write(at, value);
  }

  #write(at: number, value: unknown): Promise<void> | undefined {
    if (this.#isReplayed) return undefined;
    const { write, path } = this.#field(at);
    const text = write(value, this, path);
    if (this.#pending.length === 0) {
      this.#texts[at] = text;
      return undefined;
    }
    const waits = this.#pending;
    this.#pending = [];
    return Promise.all(waits).then(() => this.#write(at, value));
  }

  #reject(at: number, { isNullable, nodes, key }: CallSite, reason: unknown): void {
    if (!isNullable) fail();
    this.#errors.push(locatedError(reason, nodes, [key]));
    this.#texts[at] = 'null';
  }

  #result(): WrittenResult {
    let data = '{';
    this.#fields.forEach(({ label }, at) => (data += label + (this.#texts[at] ?? '')));
    return { data: `${data}}`, errors: this.#errors.length === 0 ? null : this.#errors };
  }

  #field(at: number): RootField {
    return this.#fields[at] ?? fail();
  }

  #infoOf({ field, nodes, parentType }: CallSite, path: Path): GraphQLResolveInfo {
    const { schema, operation, fragments } = this.#operation;
    return {
      fieldName: field.name,
      fieldNodes: nodes,
      returnType: field.type,
      parentType,
      path,
      schema,
      fragments,
      rootValue: this.#rootValue,
      operation,
      variableValues: this.coerced,
    };
  }
}

/**
 * Awaits a promise, or the promises in a list. `anomaly` replaces each rejected item, so that writing it fails.
 *
 * @returns undefined if there is no promise
 */
function settle(returned: unknown): Promise<unknown> | undefined {
  if (isPromise(returned)) return returned.then((value) => settle(value) ?? value);
  if (!Array.isArray(returned) || !returned.some(isPromise)) return undefined;
  return Promise.allSettled(returned as unknown[]).then((items) =>
    items.map((item): unknown => (item.status === 'fulfilled' ? item.value : anomaly)),
  );
}
