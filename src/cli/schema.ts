import { parseArgs } from 'node:util';

import { printedSchema } from '../schema/schema.ts';
import { messageOf } from '../errors/messageOf.ts';

import { UsageError } from './usageError.ts';

const help = `journals-gateway schema: prints the GraphQL schema (SDL) on stdout

Usage:
  journals-gateway schema
`;

export async function schema(argv: string[]): Promise<void> {
  if (readFlags(argv).help) process.stdout.write(help);
  else process.stdout.write(printedSchema());
}

function readFlags(argv: string[]): { help?: boolean | undefined } {
  try {
    return parseArgs({ args: argv, options: { help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new UsageError(`${messageOf(error)}\n\n${help}`);
  }
}
