import { GraphQLError, parse, validate } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';

import { readJson } from '../../../domain/readJson.ts';
import { messageOf } from '../../../errors/messageOf.ts';

/** A manifest of persisted operations that can't be used: why, each problem a line. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** What of a request says which document it means. */
export interface DocumentRequest {
  query?: string | null | undefined;
  documentId?: unknown;
  extensions?: Record<string, unknown> | null | undefined;
}

/** Apollo's `generate-persisted-query-manifest`, or what Relay and codegen write: texts by their ids. */
const manifest = z.union([
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => new Map(operations.map(({ id, body }) => [id, body]))),
  z.record(z.string(), z.string()).transform((texts) => new Map(Object.entries(texts))),
]);

/** Documents that were known before anybody asked for them, by their ids. */
export class TrustedDocuments {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #known: ReadonlySet<string>;
  readonly #only: boolean;
  readonly #hasManifest: boolean;

  /**
   * @param manifest texts by their ids; without one, no document can be asked for by its id
   * @param only nothing else is executed
   */
  constructor(manifest?: ReadonlyMap<string, string>, only = false) {
    const texts = manifest ?? new Map<string, string>();
    this.#hasManifest = manifest !== undefined;
    this.#texts = new Map([...texts].map(([id, text]) => [bare(id), text]));
    this.#known = new Set(texts.values());
    this.#only = only;
  }

  /**
   * @param text the manifest's
   * @throws ManifestError where it can't be read, or where one of its documents doesn't hold
   */
  static read(text: string, schema: GraphQLSchema, only: boolean): TrustedDocuments {
    const found = manifest.safeParse(jsonOf(text));
    if (!found.success) {
      throw new ManifestError(
        'expected { id: document, … }, or a manifest of the format apollo-persisted-query-manifest',
      );
    }
    const problems = [...found.data].flatMap(([id, document]) =>
      problemsOf(document, schema).map((problem) => `${id}: ${problem}`),
    );
    if (problems.length > 0) throw new ManifestError(problems.join('; '));
    return new TrustedDocuments(found.data, only);
  }

  /**
   * The text of the document that a request means. One that names an id and brings a text too means what the id names.
   * Undefined where it brings none.
   *
   * @throws GraphQLError when there is none of that id, or when the document isn't a known one and has to be
   */
  textOf({ query, documentId, extensions }: DocumentRequest): string | undefined {
    const id = idOf(documentId, extensions);
    const text = id === null ? undefined : this.#texts.get(bare(id));
    if (text !== undefined) return text;
    if (id !== null && !query) {
      // Apollo's clients know these messages: they send the text instead, this time or from now on.
      throw this.#hasManifest
        ? refusal({ code: 'PERSISTED_QUERY_NOT_FOUND', message: 'PersistedQueryNotFound' })
        : refusal({ code: 'PERSISTED_QUERY_NOT_SUPPORTED', message: 'PersistedQueryNotSupported' });
    }
    if (this.#only && query && !this.#known.has(query)) {
      const message = 'only documents of the manifest of persisted operations are executed';
      throw refusal({ code: 'PERSISTED_QUERY_ONLY', message });
    }
    return query ?? undefined;
  }
}

/** `extensions.persistedQuery.sha256Hash` as Apollo and urql send it, or `documentId` of the GraphQL over HTTP draft. */
function idOf(documentId: unknown, extensions: DocumentRequest['extensions']): string | null {
  if (typeof documentId === 'string') return documentId;
  const { sha256Hash } = (extensions?.['persistedQuery'] ?? {}) as { sha256Hash?: unknown };
  return typeof sha256Hash === 'string' ? sha256Hash : null;
}

function bare(id: string): string {
  return id.replace(/^sha256:/, '');
}

function refusal({ code, message }: { code: string; message: string }): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}

function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    throw new ManifestError(`no JSON: ${messageOf(error)}`);
  }
}

function problemsOf(document: string, schema: GraphQLSchema): string[] {
  try {
    return validate(schema, parse(document)).map(({ message }) => message);
  } catch (error) {
    return [messageOf(error)];
  }
}
