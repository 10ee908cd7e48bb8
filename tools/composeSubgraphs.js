import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/**
 * Composes the subgraphs that run at these URLs, each given as `NAME=URL`. The requests for their schemas send the
 * environment variable AUTHORIZATION as the `Authorization` header.
 *
 * @returns the SDL of the supergraph
 */
export async function composeSubgraphs(subgraphs) {
  const { supergraphSdl, errors, hints } = composeServices(await Promise.all(subgraphs.map(readSubgraph)));
  if (errors) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
  for (const { message } of hints) console.log(`hint       ${message}`);
  return supergraphSdl;
}

async function readSubgraph(argument) {
  const [name, url] = argument.split(/=(.*)/, 2);
  const authorization = process.env.AUTHORIZATION;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const { data, errors } = await response.json();
  if (!data) throw new Error(`${name}: ${JSON.stringify(errors)}`);
  return { name, url, typeDefs: parse(data._service.sdl) };
}
