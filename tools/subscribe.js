/**
 * `node subscribe.js SUBSCRIPTION NAME=URL…` composes the subgraphs that run at these URLs, as router.js does, executes
 * the subscription with the federation executor of Hive Gateway, and prints each result. Apollo Gateway does not
 * support subscriptions. The subgraphs get the environment variable CLIENT_AUTHORIZATION as the `Authorization` header.
 */
import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation';
import { parse, subscribe } from 'graphql';

import { composeSubgraphs } from './composeSubgraphs.js';

const [subscription, ...subgraphs] = process.argv.slice(2);
const authorization = process.env.CLIENT_AUTHORIZATION;
const schema = getStitchedSchemaFromSupergraphSdl({
  supergraphSdl: await composeSubgraphs(subgraphs),
  // By default subscriptions are sent as GET, which the gateway refuses without a header against cross-site requests.
  httpExecutorOpts: { method: 'POST', headers: authorization ? { authorization } : {} },
});
const results = await subscribe({ schema, document: parse(subscription), contextValue: {} });
if (Symbol.asyncIterator in results) {
  for await (const result of results) console.log(`result     ${JSON.stringify(result)}`);
} else {
  console.log(`result     ${JSON.stringify(results)}`);
}
