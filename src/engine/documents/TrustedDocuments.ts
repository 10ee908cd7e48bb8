import { parse, validate } from 'graphql';
import type { GraphQLError, GraphQLSchema } from 'graphql';
import { z } from 'zod';

import { readJson } from '../../domain/readJson.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import type { ErrorCode } from '../../errors/errorCodes.ts';
import { messageOf } from '../../errors/messageOf.ts';

/** A manifest of persisted operations is invalid. The message lists the problems. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** The parts of a request that determine its document. */
export interface DocumentRequest {
  query?: string | null | undefined;
  documentId?: unknown;
  extensions?: Record<string, unknown> | null | undefined;
}

/** Documents by their ids, as Apollo's `generate-persisted-query-manifest`, Relay or codegen write them. */
const manifestSchema = z.union([
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => new Map(operations.map(({ id, body }) => [id, body]))),
  z.record(z.string(), z.string()).transform((texts) => new Map(Object.entries(texts))),
]);

/** The documents of a manifest, by their ids. */
export class TrustedDocuments {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #trusted: ReadonlySet<string>;
  readonly #only: boolean;
  readonly #hasManifest: boolean;

  /**
   * @param manifest documents by their ids; without it, ids are not supported
   * @param only whether all other documents are refused
   * @param own documents of the gateway itself, which are never refused
   */
  constructor(manifest?: ReadonlyMap<string, string>, only = false, own: readonly string[] = []) {
    const texts = manifest ?? new Map<string, string>();
    this.#hasManifest = manifest !== undefined;
    this.#texts = new Map([...texts].map(([id, text]) => [withoutPrefix(id), text]));
    this.#trusted = new Set([...texts.values(), ...own]);
    this.#only = only;
  }

  /** @throws ManifestError when the manifest can't be read or one of its documents is invalid */
  static read(
    text: string,
    schema: GraphQLSchema,
    { only, own = [] }: { only: boolean; own?: readonly string[] },
  ): TrustedDocuments {
    const manifest = manifestSchema.safeParse(parseManifest(text));
    if (!manifest.success) {
      throw new ManifestError(
        'expected { id: document, … }, or a manifest of the format apollo-persisted-query-manifest',
      );
    }
    const problems = [...manifest.data].flatMap(([id, document]) =>
      problemsOf(document, schema).map((problem) => `${id}: ${problem}`),
    );
    if (problems.length > 0) throw new ManifestError(problems.join('; '));
    return new TrustedDocuments(manifest.data, only, own);
  }

  /** The documents of the manifest by their ids; null without one. */
  get manifest(): ReadonlyMap<string, string> | null {
    return this.#hasManifest ? this.#texts : null;
  }

  /**
   * Returns the document of a request; undefined if it has none. A known id takes precedence over a text.
   *
   * @throws GraphQLError if the id is unknown and no text is sent, or if the document is not trusted and must be
   */
  textOf({ query, documentId, extensions }: DocumentRequest): string | undefined {
    const id = idOf(documentId, extensions);
    const text = id === null ? undefined : this.#texts.get(withoutPrefix(id));
    if (text !== undefined) return text;
    if (id !== null && !query) {
      // Apollo's clients recognise these messages and send the text instead: for this request, or for all further ones.
      throw this.#hasManifest
        ? refusal('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
        : refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
    }
    if (this.#only && query && !this.#trusted.has(query)) {
      throw refusal('PERSISTED_QUERY_ONLY', 'only documents of the manifest of persisted operations are executed');
    }
    return query ?? undefined;
  }
}

/** Reads `documentId` (GraphQL over HTTP draft) or `extensions.persistedQuery.sha256Hash` (Apollo, urql). */
function idOf(documentId: unknown, extensions: DocumentRequest['extensions']): string | null {
  if (typeof documentId === 'string') return documentId;
  const { sha256Hash } = (extensions?.['persistedQuery'] ?? {}) as { sha256Hash?: unknown };
  return typeof sha256Hash === 'string' ? sha256Hash : null;
}

function withoutPrefix(id: string): string {
  return id.replace(/^sha256:/, '');
}

function refusal(code: ErrorCode, message: string): GraphQLError {
  return codedGraphQLError(code, message, { http: { status: 400 } });
}

function parseManifest(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    throw new ManifestError(`not JSON: ${messageOf(error)}`);
  }
}

function problemsOf(document: string, schema: GraphQLSchema): string[] {
  try {
    return validate(schema, parse(document)).map(({ message }) => message);
  } catch (error) {
    return [messageOf(error)];
  }
}
