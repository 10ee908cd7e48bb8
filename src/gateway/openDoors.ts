import { readFileSync } from 'node:fs';

import type { GraphQLSchema } from 'graphql';

import type { Authenticator } from '../auth/Authenticator.ts';
import type { DocumentsConfig } from '../config/documents.ts';
import type { GatewayConfig } from '../config/readConfig.ts';
import { TrustedDocuments } from '../engine/documents/TrustedDocuments.ts';
import { Engine } from '../engine/Engine.ts';
import { OpenSockets } from '../engine/limits/OpenSockets.ts';
import type { PrincipalLimits } from '../engine/limits/PrincipalLimits.ts';
import type { RunningOperations } from '../engine/limits/RunningOperations.ts';
import type { OperationObserver } from '../engine/observe/OperationObserver.ts';
import type { EngineOptions } from '../engine/operation/EngineParts.ts';
import { messageOf } from '../errors/messageOf.ts';
import { invalidConfiguration } from '../errors/SetupError.ts';
import type { Log } from '../log.ts';
import { schema as ownSchema } from '../schema/schema.ts';
import { toSubgraph } from '../schema/subgraph.ts';
import { consolePages } from '../server/console/consolePages.ts';
import { sandboxControls } from '../server/console/sandboxControls.ts';
import { exportDocument } from '../server/export/exportDocument.ts';
import { csv, ndjson } from '../server/export/exportFormats.ts';
import { createJournalExport } from '../server/export/journalExport.ts';
import { Graphiql } from '../server/graphiql/Graphiql.ts';
import { HttpServer } from '../server/http/HttpServer.ts';
import type { Route } from '../server/http/HttpServer.ts';
import { PostDoor } from '../server/http/PostDoor.ts';
import { ParseQueue } from '../server/requests/ParseQueue.ts';
import { WebSocketServer } from '../server/websocket/WebSocketServer.ts';
import { createYogaDoor } from '../server/yoga/createYogaDoor.ts';

/**
 * The folder of package.json and dist/: two levels above this file in src/gateway/, and above its bundle in dist/cli/.
 */
const packageFolder = new URL('../../', import.meta.url);

interface GatewayParts {
  authenticator: Authenticator;
  createContext: EngineOptions['createContext'];
  running: RunningOperations;
  principalLimits: PrincipalLimits;
  observers: readonly OperationObserver[];
  sandboxUrl: string | null;
  defaultQuery: string;
  log: Log;
}

/** Creates the engine, the doors that lead to it, and the server for clients, not listening yet. @throws SetupError */
export async function openDoors(config: GatewayConfig, parts: GatewayParts) {
  const { authenticator, running, defaultQuery, log } = parts;
  const { limits } = config;
  const isSandbox = parts.sandboxUrl !== null;
  const schema = config.isSubgraph ? toSubgraph(ownSchema) : ownSchema;
  const documents = readDocuments(config.documents, schema);
  const open = new OpenSockets(limits.maxSockets);
  const engine = new Engine({ ...parts, schema, limits, open, documents, isSandbox });
  const door = { engine, authenticator, limits, parseQueue: new ParseQueue(), log };
  const graphiql = new Graphiql({ ...door, isSandbox });
  const doors = { post: new PostDoor(door), yoga: createYogaDoor({ ...door, graphiql, defaultQuery }) };
  const webSockets = new WebSocketServer({ ...door, open, running });
  const consoleRoutes = openConsole(config, parts);
  const endpoints = new Map([
    ['/journals.csv', createJournalExport(csv, door)],
    ['/journals.ndjson', createJournalExport(ndjson, door)],
  ]);
  if (config.mcp) {
    // The MCP SDK is loaded on demand, because it takes several megabytes.
    const { createMcpEndpoint } = await import('../server/mcp/mcpEndpoint.ts');
    const mcpOptions = { ...door, version: readVersion(), schema, documents: documents.manifest };
    endpoints.set('/mcp', createMcpEndpoint(mcpOptions));
  }
  const endpointRoute: Route = { find: (path) => endpoints.get(path) };
  const routes = [endpointRoute, graphiql, ...consoleRoutes];
  const options = { ...config, ...config.shutdown, ...limits, routes };
  return { server: new HttpServer(doors, webSockets, running, options), hasConsole: consoleRoutes.length > 0 };
}

function readDocuments({ file, only }: DocumentsConfig, schema: GraphQLSchema): TrustedDocuments {
  if (file === null) return new TrustedDocuments();
  try {
    return TrustedDocuments.read(readFileSync(file, 'utf8'), schema, { only, own: [exportDocument] });
  } catch (error) {
    throw invalidConfiguration([`PERSISTED_OPERATIONS: ${messageOf(error)}`]);
  }
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageFolder), 'utf8')) as { version: string };
  return version;
}

/** Returns the routes of the console and of the controls of an embedded sandbox; none if the console is off. */
function openConsole({ console }: GatewayConfig, { sandboxUrl, authenticator, log }: GatewayParts): Route[] {
  if (console === 'off' || (console === null && sandboxUrl === null)) return [];
  try {
    const pages = consolePages(new URL('dist/console/', packageFolder), sandboxUrl !== null);
    return sandboxUrl === null ? [pages] : [pages, sandboxControls(sandboxUrl, authenticator)];
  } catch (error) {
    const problem = `CONSOLE: the console can't be read, run npm run build: ${messageOf(error)}`;
    if (console === 'on') throw invalidConfiguration([problem]);
    log.warn(problem);
    return [];
  }
}
