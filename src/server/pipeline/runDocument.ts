import { getOperationAST, OperationTypeNode } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Session } from '../../auth/Session.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import type { Log } from '../../log.ts';

import { publicError } from '../errors/publicError.ts';
import type { Pipeline } from './pipeline.ts';

/** A query or mutation that an endpoint other than GraphQL runs for its client. */
export interface InnerOperation {
  query: string;
  variables: Record<string, unknown>;
  operationName?: string | undefined;
}

/** The request that an inner operation belongs to, already authenticated. */
export interface Caller {
  req: IncomingMessage;
  res: ServerResponse;
  session: Session;
  /** Aborted when the client has disconnected. */
  signal: AbortSignal;
}

/** Runs an operation in the stages that every operation passes. Returns errors as a client may see them; never throws. */
export type RunDocument = (operation: InnerOperation, caller: Caller) => Promise<ExecutionResult>;

/** The functions of one operation with the hooks of all plugins, which envelop types as `any`. */
interface Enveloped {
  schema: GraphQLSchema;
  parse: (source: string) => DocumentNode;
  validate: (schema: GraphQLSchema, document: DocumentNode) => readonly GraphQLError[];
  contextFactory: () => Promise<object> | object;
  execute: (args: ExecutionArgs) => Promise<ExecutionResult | AsyncIterable<ExecutionResult>>;
}

/** The only place outside of the GraphQL transports that calls the pipeline. */
export function createRunDocument(pipeline: Pipeline, log: Log): RunDocument {
  return async (operation, caller) => {
    try {
      return await run(pipeline, operation, caller);
    } catch (error) {
      return { errors: [publicError(error, log)] };
    }
  };
}

async function run(
  pipeline: Pipeline,
  { query, variables, operationName }: InnerOperation,
  { req, res, session, signal }: Caller,
): Promise<ExecutionResult> {
  // Yoga refuses mutations of a GET.
  const request = new Request('http://gateway/', { method: 'POST', signal });
  const enveloped: Enveloped = pipeline.getEnveloped({
    params: { query, variables, operationName },
    request,
    req,
    res,
    session,
  });
  const document = enveloped.parse(query);
  const errors = enveloped.validate(enveloped.schema, document);
  if (errors.length > 0) return { errors };
  const found = getOperationAST(document, operationName);
  if (!found || found.operation === OperationTypeNode.SUBSCRIPTION) {
    return { errors: [codedGraphQLError('OPERATION_RESOLUTION_FAILURE', 'expected one query or mutation')] };
  }
  const contextValue = await enveloped.contextFactory();
  const { schema } = enveloped;
  const result = await enveloped.execute({ schema, document, operationName, variableValues: variables, contextValue });
  if (isAsyncIterable(result)) throw new TypeError('a query or mutation has several results');
  return result;
}
