import type { IncomingMessage, ServerResponse } from 'node:http';

import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { GraphQLSchema } from 'graphql';

import { AbandonedError } from '../../errors/cancellation.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import type { DoorParts } from '../requests/DoorParts.ts';
import { createEndpoint } from '../http/Endpoint.ts';
import type { Caller, Endpoint } from '../http/Endpoint.ts';
import { readBody } from '../http/readBody.ts';
import { readRequestJson } from '../requests/readRequestJson.ts';
import { toolsOf } from './documentTools.ts';
import type { McpTool } from './documentTools.ts';
import { fixedTools } from './fixedTools.ts';
import { McpTools } from './McpTools.ts';

export interface McpEndpointOptions extends DoorParts {
  /** The version of the gateway, as clients see it. */
  version: string;
  schema: GraphQLSchema;
  /** The trusted documents by their ids; null without a manifest. */
  documents: ReadonlyMap<string, string> | null;
}

const capabilities = { tools: {} };

/**
 * `POST /mcp`: the Model Context Protocol over Streamable HTTP, implemented with the official SDK. There are no MCP sessions: each
 * request is authenticated and handled independently, by whichever gateway it reaches.
 */
export function createMcpEndpoint(options: McpEndpointOptions): Endpoint {
  const { schema, documents, log } = options;
  const tools = documents ? toolsOf(documents, schema) : fixedTools(schema);
  log.info({ tools: tools.map(({ name }) => name) }, 'tools for agents');
  return createEndpoint(options, 'POST', async (caller) => {
    const message = await readMessage(caller.req, options);
    await answer(message, tools, caller, options);
  });
}

/**
 * Reads one message, with the limits that apply to every request. Numbers are not rounded.
 *
 * @throws GraphQLError | AbandonedError
 */
async function readMessage(request: IncomingMessage, { limits, parseQueue }: DoorParts): Promise<unknown> {
  const encoding = request.headers['content-encoding']?.trim() || 'identity';
  if (encoding.toLowerCase() !== 'identity') throw refusal(415, 'the body may not be compressed');
  const body = await readBody(request, limits.maxRequestBytes);
  if (!body) throw new AbandonedError();
  await parseQueue.waitTurn(body.length);
  const message = parse(body.toString('utf8'), limits.maxTokens);
  if (Array.isArray(message)) throw refusal(400, 'expected one message, found a list');
  return message;
}

function parse(text: string, maxValues: number): unknown {
  try {
    return readRequestJson(text, maxValues);
  } catch (error) {
    throw error instanceof SyntaxError ? refusal(400, `expected JSON: ${error.message}`) : error;
  }
}

function refusal(status: number, message: string) {
  // The unread rest of the body would delay the next request on the connection.
  return codedGraphQLError('BAD_REQUEST', message, { http: { status, headers: { connection: 'close' } } });
}

async function answer(
  message: unknown,
  documentTools: readonly McpTool[],
  caller: Caller,
  { version, log }: McpEndpointOptions,
): Promise<void> {
  const { req, res, signal } = caller;
  const tools = new McpTools(documentTools, caller);
  // `McpServer` requires zod schemas of tools, but these schemas come from GraphQL.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const server = new Server({ name: 'journals-gateway', version }, { capabilities });
  server.onerror = (error) => log.debug({ err: error }, 'a client violated the Model Context Protocol');
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.list() }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => tools.call(params.name, params.arguments ?? {}));
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  const close = () => void server.close();
  signal.addEventListener('abort', close);
  try {
    await server.connect(transport);
    const headers = Object.entries(req.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    );
    const request = new Request('http://gateway/mcp', { method: 'POST', headers });
    await send(await transport.handleRequest(request, { parsedBody: message }), res);
  } finally {
    signal.removeEventListener('abort', close);
    await server.close();
  }
}

async function send(response: Response, res: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const type = response.headers.get('content-type');
  res.writeHead(response.status, { ...(type !== null && { 'content-type': type }), 'content-length': body.length });
  res.end(body);
}
