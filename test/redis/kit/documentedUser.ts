import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../docs/operating.md', import.meta.url), 'utf8');

/** The rights that docs/operating.md lists. */
export const documentedRights = /^(~\{PREFIX:\* .*)$/m.exec(page)?.[1] ?? '';

/** Arguments of `redis-server` for a user with these rights on a prefix, and for nobody else. */
export function documentedUser(prefix: string, password: string, ...furtherRules: string[]): string[] {
  const rules = documentedRights.replaceAll('PREFIX', prefix).split(' ');
  return ['--user', 'gateway', 'on', `>${password}`, ...rules, ...furtherRules, '--user', 'default', 'off'];
}
