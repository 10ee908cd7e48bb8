import { printedSchema } from '../schema/schema.ts';

import { parseFlags } from './parseFlags.ts';

const help = `journals-gateway schema: prints the GraphQL schema (SDL) on stdout

Usage:
  journals-gateway schema
`;

export async function schema(argv: string[]): Promise<void> {
  process.stdout.write(parseFlags(argv, {}, help).help ? help : printedSchema());
}
