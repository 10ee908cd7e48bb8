import { GraphQLError } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';

import type { Limits } from '../../config/limits.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import type { ErrorCode } from '../../errors/errorCodes.ts';

import { validateDocument } from '../documents/validateDocument.ts';
import { shortenMessage } from '../errors/copyError.ts';
import { invalidRequest } from '../errors/invalidRequest.ts';
import { checkDocumentSize } from '../limits/checkDocumentSize.ts';
import { parseBounded } from '../limits/parseBounded.ts';
import { Refusal } from '../answers/Refusal.ts';
import { DocumentPlan } from './DocumentPlan.ts';

/** Maximum memory for the plans of valid documents, in bytes. */
const validBytes = 67_108_864;
/** Maximum memory for plans and refusals of invalid documents, in bytes: clients can invent any number of these. */
const invalidBytes = 4_194_304;
/** Maximum memory for the texts of documents that were found invalid once, in bytes. */
const invalidOnceBytes = 1_048_576;
/** Measured memory per token of a parsed document. */
const bytesPerToken = 250;
/** Memory of the code that is compiled for a field. */
const bytesPerField = 1_000;
/** Maximum number of locations per error: a conflict of 200 fields would have 200 locations. */
const maxLocations = 10;

/** The plans of recently sent documents, by their texts, within bounded memory. */
export class Plans {
  readonly #schema: GraphQLSchema;
  readonly #limits: Limits;
  readonly #suggests: boolean;
  readonly #valid = new LRUCache<string, DocumentPlan>({ maxSize: validBytes, sizeCalculation: bytesOf });
  readonly #invalid = new LRUCache<string, DocumentPlan | Refusal>({
    maxSize: invalidBytes,
    sizeCalculation: bytesOf,
  });
  /** Plans of invalid documents are kept only from the second request on: most of these documents are sent once. */
  readonly #invalidOnce = new LRUCache<string, true>({
    maxSize: invalidOnceBytes,
    sizeCalculation: (_, text) => 1 + text.length * 2,
  });

  /** @param suggests whether errors may suggest names of the schema */
  constructor(schema: GraphQLSchema, limits: Limits, suggests: boolean) {
    this.#schema = schema;
    this.#limits = limits;
    this.#suggests = suggests;
  }

  /**
   * Returns the plan of a document, perhaps not validated yet.
   *
   * @throws Refusal if it can't be parsed or is too large
   */
  of(text: string): DocumentPlan {
    const known = this.#valid.get(text) ?? this.#invalid.get(text) ?? this.#parse(text);
    if (known instanceof Refusal) throw known;
    return known;
  }

  /** @throws Refusal if the document is invalid */
  validate(text: string, plan: DocumentPlan): void {
    plan.validity ??= this.#validate(text, plan);
    if (plan.validity instanceof Refusal) throw plan.validity;
  }

  #validate(text: string, plan: DocumentPlan): 'valid' | Refusal {
    const problems = validateDocument(this.#schema, plan.document, this.#suggests).map((error) =>
      withCode(error, 'GRAPHQL_VALIDATION_FAILED'),
    );
    if (problems.length === 0) this.#valid.set(text, plan);
    else this.#keepInvalid(text, plan);
    return problems.length === 0 ? 'valid' : new Refusal(problems);
  }

  #parse(text: string): DocumentPlan | Refusal {
    try {
      const document = parseBounded(text, this.#limits.maxTokens);
      const plan = new DocumentPlan(this.#schema, document, this.#limits.maxFields, this.#suggests);
      const excess = checkDocumentSize(plan.size, this.#limits);
      return excess ? this.#refuse(text, excess) : plan;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return this.#refuse(text, withCode(error, 'GRAPHQL_PARSE_FAILED'));
    }
  }

  #refuse(text: string, problem: GraphQLError): Refusal {
    const refusal = new Refusal([problem]);
    this.#keepInvalid(text, refusal);
    return refusal;
  }

  #keepInvalid(text: string, known: DocumentPlan | Refusal): void {
    if (this.#invalidOnce.delete(text)) this.#invalid.set(text, known);
    else this.#invalidOnce.set(text, true);
  }
}

function bytesOf(plan: DocumentPlan | Refusal, text: string): number {
  if (plan instanceof Refusal) return 1 + text.length * 2;
  return 1 + text.length * 2 + (plan.document.tokenCount ?? 0) * bytesPerToken + plan.size.fields * bytesPerField;
}

/** Adds a code and an HTTP status to an error. Errors with their own, such as those of scalars, keep them. */
function withCode(error: GraphQLError, code: ErrorCode): GraphQLError {
  const { nodes, source = null, positions = null, originalError = null, extensions } = error;
  const location = nodes ? { nodes: nodes.slice(0, maxLocations) } : { source, positions };
  const options = { ...location, originalError, extensions: { http: invalidRequest, ...extensions } };
  return codedGraphQLError(code, shortenMessage(error.message), options);
}
