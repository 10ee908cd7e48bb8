import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

import { messageOf } from '../errors/messageOf.ts';
import { SetupError } from '../errors/SetupError.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Parses the flags of a command.
 *
 * @returns null if `--help` was given and the help text has been printed
 * @throws SetupError that ends with the help text
 */
export function parseFlags<const Flags extends Options>(argv: string[], flags: Flags, help: string) {
  const options = { ...flags, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const { values } = parseArgs({ args: argv, options });
    if (!('help' in values)) return values;
  } catch (error) {
    throw new SetupError(`${messageOf(error)}\n\n${help}`);
  }
  process.stdout.write(help);
  return null;
}
