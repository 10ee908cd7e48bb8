import { printedSchema } from '../schema/schema.ts';
import { printedSubgraph } from '../schema/subgraph.ts';

import { parseFlags } from './parseFlags.ts';

const help = `journals-gateway schema: prints the GraphQL schema (SDL) on stdout

Usage:
  journals-gateway schema [--federation]

  --federation   print the schema as a subgraph of Apollo Federation 2, as a gateway with FEDERATION=true serves it
`;

export async function schema(argv: string[]): Promise<void> {
  const flags = parseFlags(argv, { federation: { type: 'boolean' } }, help);
  if (flags) process.stdout.write(flags.federation ? printedSubgraph() : printedSchema());
}
