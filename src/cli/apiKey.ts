import { addApiKey } from '../auth/addApiKey.ts';
import type { KeyEntry } from '../auth/keyFile.ts';
import { scopes } from '../auth/principal.ts';
import { readKeyFilePath } from '../config/readConfig.ts';
import { SetupError } from '../errors/SetupError.ts';

import { parseFlags } from './parseFlags.ts';

const help = `journals-gateway api-key: creates an API key and prints it once

Usage:
  journals-gateway api-key --name NAME --scope SCOPE… [--account ID…] [--from-account ID…] [CAPS] [--file FILE]

  --name NAME         name of the principal; several keys may share a name, for key rotation
  --scope SCOPE       ${scopes.join(', ')}; may be repeated
  --account ID        visible account; may be repeated (default: all)
  --from-account ID   account that the principal may pay from; may be repeated, '*' for all (default: none)
  --max-amount CUR=AMOUNT        highest amount of one create; may be repeated, once per currency (default: no cap)
  --max-daily-amount CUR=AMOUNT  highest total of one day (UTC); may be repeated, once per currency (default: no cap)
  --symbol SYMBOL     security that the principal may move; may be repeated (default: all, or none with caps on amounts)
  --file FILE         file for the hash of the key (AUTH_API_KEYS_FILE); created if missing

A running gateway reloads the file on its own. To revoke a key, remove its entry from the file.
`;

const options = {
  name: { type: 'string' },
  scope: { type: 'string', multiple: true },
  account: { type: 'string', multiple: true },
  'from-account': { type: 'string', multiple: true },
  'max-amount': { type: 'string', multiple: true },
  'max-daily-amount': { type: 'string', multiple: true },
  symbol: { type: 'string', multiple: true },
  file: { type: 'string' },
} as const;

/** Creates a key. Prints the key to stdout and everything else to stderr. @throws SetupError */
export async function apiKey(argv: string[]): Promise<void> {
  const flags = parseFlags(argv, options, help);
  if (!flags) return;
  if (flags.name === undefined) throw new SetupError(`--name: missing, the name of the principal\n\n${help}`);
  if (!flags.scope) throw new SetupError(`--scope: missing, what the principal may do\n\n${help}`);
  const file = readKeyFilePath(process.env, flags.file);
  const key = await addApiKey(file, {
    name: flags.name,
    scopes: flags.scope as KeyEntry['scopes'],
    ...(flags.account && { accounts: flags.account }),
    ...(flags['from-account'] && { fromAccounts: flags['from-account'] }),
    ...(flags['max-amount'] && { maxAmount: readAmounts('max-amount', flags['max-amount']) }),
    ...(flags['max-daily-amount'] && { maxDailyAmount: readAmounts('max-daily-amount', flags['max-daily-amount']) }),
    ...(flags.symbol && { symbols: flags.symbol }),
  });
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    `journals-gateway: a key for ${flags.name} was added to ${file}; the key itself is not stored\n`,
  );
}

/** Reads values such as `USD=1000`. The key file checks currencies and amounts. @throws SetupError */
function readAmounts(flag: string, values: readonly string[]): Record<string, string> {
  const amounts = new Map<string, string>();
  for (const value of values) {
    const [, currency = '', amount = ''] = /^(\w+)=(.+)$/.exec(value) ?? [];
    if (currency === '')
      throw new SetupError(`--${flag}: expected a currency and an amount such as USD=1000, found ${value}`);
    if (amounts.has(currency)) throw new SetupError(`--${flag}: ${currency} is given twice`);
    amounts.set(currency, amount);
  }
  return Object.fromEntries(amounts);
}
