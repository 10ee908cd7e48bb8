import { parseArgs } from 'node:util';

import { addApiKey } from '../auth/addApiKey.ts';
import type { KeyEntry } from '../auth/keyFile.ts';
import { scopes } from '../auth/principal.ts';
import { AuthSetupError } from '../errors/authErrors.ts';
import { messageOf } from '../errors/messageOf.ts';
import { ConfigError, readKeyFilePath } from '../config/readConfig.ts';

import { UsageError } from './usageError.ts';

const help = `journals-gateway api-key: creates an API key and prints it once

Usage:
  journals-gateway api-key --name NAME --scope SCOPE… [--account ID…] [--from-account ID…] [--file FILE]

  --name NAME         name of the principal; several keys may share a name, for key rotation
  --scope SCOPE       ${scopes.join(', ')}; may be repeated
  --account ID        visible account; may be repeated (default: all)
  --from-account ID   account that it may pay from; may be repeated, '*' for all (default: none)
  --file FILE         file for the hash of the key (AUTH_API_KEYS_FILE); created if missing

A running gateway reloads the file on its own. To revoke a key, remove its entry from the file.
`;

/** Creates a key. Prints the key to stdout and everything else to stderr. @throws UsageError */
export async function apiKey(argv: string[]): Promise<void> {
  const flags = readFlags(argv);
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  if (flags.name === undefined) throw new UsageError(`--name: missing, who the key is for\n\n${help}`);
  if (!flags.scope) throw new UsageError(`--scope: missing, what the key is good for\n\n${help}`);
  const file = fileOf(flags.file);
  const key = await added(file, {
    name: flags.name,
    scopes: flags.scope as KeyEntry['scopes'],
    ...(flags.account ? { accounts: flags.account } : {}),
    ...(flags['from-account'] ? { fromAccounts: flags['from-account'] } : {}),
  });
  process.stdout.write(`${key}\n`);
  process.stderr.write(`journals-gateway: ${file} knows ${flags.name}; the key itself is kept nowhere\n`);
}

function readFlags(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        help: { type: 'boolean', short: 'h' },
        name: { type: 'string' },
        scope: { type: 'string', multiple: true },
        account: { type: 'string', multiple: true },
        'from-account': { type: 'string', multiple: true },
        file: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${messageOf(error)}\n\n${help}`);
  }
}

function fileOf(flag: string | undefined): string {
  try {
    return readKeyFilePath(process.env, flag);
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}

async function added(file: string, entry: Omit<KeyEntry, 'hash'>): Promise<string> {
  try {
    return await addApiKey(file, entry);
  } catch (error) {
    throw error instanceof AuthSetupError ? new UsageError(error.message) : error;
  }
}
