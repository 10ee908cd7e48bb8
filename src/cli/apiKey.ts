import { addApiKey } from '../auth/addApiKey.ts';
import type { KeyEntry } from '../auth/keyFile.ts';
import { scopes } from '../auth/principal.ts';
import { readKeyFilePath } from '../config/readConfig.ts';
import { SetupError } from '../errors/SetupError.ts';

import { parseFlags } from './parseFlags.ts';

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

const options = {
  name: { type: 'string' },
  scope: { type: 'string', multiple: true },
  account: { type: 'string', multiple: true },
  'from-account': { type: 'string', multiple: true },
  file: { type: 'string' },
} as const;

/** Creates a key. Prints the key to stdout and everything else to stderr. @throws SetupError */
export async function apiKey(argv: string[]): Promise<void> {
  const flags = parseFlags(argv, options, help);
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  if (flags.name === undefined) throw new SetupError(`--name: missing, the name of the principal\n\n${help}`);
  if (!flags.scope) throw new SetupError(`--scope: missing, what the principal may do\n\n${help}`);
  const file = readKeyFilePath(process.env, flags.file);
  const key = await addApiKey(file, {
    name: flags.name,
    scopes: flags.scope as KeyEntry['scopes'],
    ...(flags.account ? { accounts: flags.account } : {}),
    ...(flags['from-account'] ? { fromAccounts: flags['from-account'] } : {}),
  });
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    `journals-gateway: a key for ${flags.name} was added to ${file}; the key itself is not stored\n`,
  );
}
