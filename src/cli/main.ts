#!/usr/bin/env node
import { SetupError } from '../errors/SetupError.ts';

const help = `journals-gateway: a GraphQL gateway over the Broker Journals API

Usage:
  journals-gateway serve [--sandbox] [--port N] [--host H]   run the gateway
  journals-gateway sandbox [--port N] [--data FILE]          run only the sandbox
  journals-gateway schema [--federation]                     print the GraphQL schema (SDL)
  journals-gateway api-key --name N --scope S…               create an API key
  journals-gateway reconcile --since DAY [--until DAY]       compare journals with their events

Run journals-gateway COMMAND --help for the options and environment variables of a command.
`;

/** Commands are loaded on demand: `schema` needs no sockets and `sandbox` no GraphQL. */
const commands = new Map<string | undefined, () => Promise<(argv: string[]) => Promise<void>>>([
  ['serve', async () => (await import('./serve.ts')).serve],
  ['sandbox', async () => (await import('./sandbox.ts')).sandbox],
  ['schema', async () => (await import('./schema.ts')).schema],
  ['api-key', async () => (await import('./apiKey.ts')).apiKey],
  ['reconcile', async () => (await import('./reconcile.ts')).reconcile],
]);

async function main([name, ...argv]: string[]): Promise<void> {
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help);
    return;
  }
  const load = commands.get(name);
  if (!load) {
    const found = name === undefined ? 'no command given' : `unknown command ${JSON.stringify(name)}`;
    throw new SetupError(`${found}; expected serve, sandbox, schema, api-key or reconcile\n\n${help}`);
  }
  const run = await load();
  await run(argv);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`journals-gateway: ${error.message.trimEnd()}\n`);
  process.exitCode = 2;
}
