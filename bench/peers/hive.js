/**
 * Hive Gateway in front of the API, with a schema made from its OpenAPI document: `hive/supergraph.graphql` is what
 * `mesh-compose` makes of `hive/openapi.json`. It has a package of its own, because it takes 500 MB.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

// Hive doesn't print the port that the system chose.
const probe = createServer().listen(0, '127.0.0.1');
await once(probe, 'listening');
const { port } = probe.address();
probe.close();
const supergraph = new URL('./hive/supergraph.graphql', import.meta.url).pathname;
process.argv.splice(2, Infinity, 'supergraph', supergraph, '--port', String(port), '--host', '127.0.0.1');
// At the level `error` it would not print its address.
process.env.LOG_LEVEL = 'info';
await import('./hive/node_modules/@graphql-hive/gateway/dist/bin.js');
