import { isEnumType, isListType, isNonNullType, isScalarType, isUnionType } from 'graphql';
import type { GraphQLNamedType, GraphQLOutputType } from 'graphql';

import { Draw } from './Draw.ts';

/** An object in a result. The values of its fields depend on its response path and on the seed of the world. */
export interface Thing {
  kind: string;
  place: string;
}

/**
 * Determines what resolvers return. Worlds with the same seed give the same values. Each execution needs a new world,
 * because a world also records which resolvers were called.
 */
export class World {
  /** The response paths at which resolvers were called. */
  readonly calls: string[] = [];
  /** The fields that were refused once, as the context of an operation keeps them. */
  readonly refused = new Set<string>();
  readonly #seed: number;
  readonly #mistakes: number;

  /** @param mistakes how many of 100 values are wrong */
  constructor(seed: number, mistakes: number) {
    this.#seed = seed;
    this.#mistakes = mistakes;
  }

  drawAt(place: string): Draw {
    return new Draw(`${this.#seed} ${place}`);
  }

  /** Returns the value of a field. @throws Error where a resolver is to throw */
  valueAt(type: GraphQLOutputType, place: string): unknown {
    const draw = this.drawAt(place);
    if (draw.chance(this.#mistakes)) return mistake(draw, place);
    const isNull = draw.chance(isNonNullType(type) ? this.#mistakes : 12);
    const inner = isNonNullType(type) ? type.ofType : type;
    if (isNull) return draw.chance(50) ? null : undefined;
    if (isListType(inner)) return this.#listAt(inner.ofType, place, draw);
    return this.#namedAt(inner as GraphQLNamedType, place, draw);
  }

  #listAt(item: GraphQLOutputType, place: string, draw: Draw): unknown {
    const items = Array.from({ length: draw.below(4) }, (_, at) => {
      try {
        return this.valueAt(item, `${place}.${at}`);
      } catch (error) {
        return error;
      }
    });
    return draw.chance(this.#mistakes) ? new Set(items) : items;
  }

  #namedAt(type: GraphQLNamedType, place: string, draw: Draw): unknown {
    if (isEnumType(type)) return draw.of(type.getValues())?.value;
    if (isScalarType(type)) return draw.of(scalarValues[type.name] ?? ['2026-11-03']);
    const kinds = isUnionType(type) ? ['A', 'B', 'C'] : type.name.length === 1 ? [type.name] : ['A', 'B'];
    return this.thingAt(draw.of(kinds) ?? 'A', place);
  }

  /** Creates an object whose fields are computed when they are read. */
  thingAt(kind: string, place: string): Thing {
    const thing = { kind, place };
    for (const [name, type] of Object.entries(plainFields.get(kind) ?? {})) {
      Object.defineProperty(thing, name, { enumerable: true, get: () => this.valueAt(type, `${place}.${name}`) });
    }
    return thing;
  }
}

/** The fields without a resolver, by type. Filled by `thingSchema.ts`. */
export const plainFields = new Map<string, Record<string, GraphQLOutputType>>();

const scalarValues: Readonly<Record<string, readonly unknown[]>> = {
  Int: [0, -0, 7, -2147483648, 2147483647, '12', true],
  Float: [0.5, -0, 1e21, 3, '2.5', 1e-7],
  Boolean: [true, false, 1],
  String: ['', 'plain', 'a "quote" \\ and\nline', '\u2028\u{1F600}', '\ud800 half', '\u0000', 5, false, 'x'.repeat(90)],
  ID: ['6d2cba43-cb57-4534-9603-a6e159167c0a', 7, 'a"b', ''],
};

/** Returns or throws a value that no field should have. */
function mistake(draw: Draw, place: string): unknown {
  switch (draw.below(7)) {
    case 0:
      throw new Error(`thrown at ${place}`);
    case 1:
      return new Error(`returned at ${place}`);
    case 2:
      return {};
    case 3:
      return NaN;
    case 4:
      return Promise.resolve('promised');
    case 5:
      return () => 'called';
    default:
      return 'GREEN';
  }
}
