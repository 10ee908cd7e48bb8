import type { ServerResponse } from 'node:http';

import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { GraphQLSchema } from 'graphql';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import type { Log } from '../../log.ts';
import { createEndpoint } from '../http/Endpoint.ts';
import type { Endpoint, EndpointParts } from '../http/Endpoint.ts';
import type { Caller } from '../http/runDocument.ts';
import { toolsOf } from './documentTools.ts';
import { fixedTools } from './fixedTools.ts';
import { McpTools } from './McpTools.ts';
import { readJsonBody } from './readJsonBody.ts';
import type { JsonBodyLimits } from './readJsonBody.ts';

export interface McpEndpointOptions extends EndpointParts, JsonBodyLimits {
  /** The gateway's own, which clients are told. */
  version: string;
  schema: GraphQLSchema;
  /** The trusted documents by their ids; null without a manifest. */
  documents: ReadonlyMap<string, string> | null;
}

const capabilities = { tools: {} };

/**
 * `POST /mcp`: the Model Context Protocol over Streamable HTTP, by its official SDK. Without sessions: each request is
 * authenticated and answered by itself, by whichever gateway it reaches.
 */
export function createMcpEndpoint(options: McpEndpointOptions): Endpoint {
  const { version, schema, documents, runDocument, log } = options;
  const tools = documents ? toolsOf(documents, schema) : fixedTools(schema);
  log.info({ tools: tools.map(({ name }) => name) }, 'tools for agents');
  return createEndpoint(options, {
    methods: ['POST'],
    serve: async (caller) => {
      const message = await readJsonBody(caller.req, options);
      if (Array.isArray(message)) {
        throw codedGraphQLError('BAD_REQUEST', 'expected one message, found a list', { http: { status: 400 } });
      }
      await answer(message, { version, tools: new McpTools(tools, runDocument, caller), log }, caller);
    },
  });
}

interface AnswerParts {
  version: string;
  tools: McpTools;
  log: Log;
}

async function answer(message: unknown, { version, tools, log }: AnswerParts, { req, res, signal }: Caller) {
  // `McpServer` wants the schemas of tools in zod; these come from GraphQL.
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
