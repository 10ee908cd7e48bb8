import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../docs/operating.md', import.meta.url), 'utf8');

/** The rights that docs/operating.md lists. */
export const documentedRights = /^(~\{PREFIX:\* .*)$/m.exec(page)?.[1] ?? '';

/** Returns arguments of `redis-server` that allow access only to a user with these rights on a prefix. */
export function documentedUser(prefix: string, password: string, ...furtherRules: string[]): string[] {
  const rules = documentedRights.replaceAll('PREFIX', prefix).split(' ');
  return ['--user', 'gateway', 'on', `>${password}`, ...rules, ...furtherRules, '--user', 'default', 'off'];
}
