import { messageOf } from '../errors/messageOf.ts';
import { invalidConfiguration } from '../errors/SetupError.ts';
import type { Log } from '../log.ts';

import type { RedisConnection } from './RedisConnection.ts';

/** The key and channel of the probes. */
const probe = 'probe';

/**
 * Every command that gateways and their scripts use, with arguments that Redis accepts. Redis checks the user's rights
 * before it looks at the key. The key holds a string for one second, so commands for other types have no effect.
 */
const probes: readonly [command: string, ...values: (string | number)[]][] = [
  ['set', probe, '', 'PX', 1_000],
  ['get', probe],
  ['mget', probe],
  ['exists', probe],
  ['pttl', probe],
  ['pexpire', probe, 1_000],
  ['expire', probe, 1],
  ['hset', probe, 'field', ''],
  ['hsetnx', probe, 'field', ''],
  ['hincrby', probe, 'field', 1],
  ['hget', probe, 'field'],
  ['hmget', probe, 'field'],
  ['hgetall', probe],
  ['hkeys', probe],
  ['hdel', probe, 'field'],
  ['sadd', probe, 'member'],
  ['spop', probe, 1],
  ['zadd', probe, 0, 'member'],
  ['zcard', probe],
  ['zscore', probe, 'member'],
  ['zrange', probe, 0, 0],
  ['zrem', probe, 'member'],
  ['zremrangebyscore', probe, 0, 0],
  ['zpopmin', probe, 1],
  ['xadd', probe, '*', 'field', ''],
  ['xrange', probe, '-', '+', 'COUNT', 1],
  ['xread', 'COUNT', 1, 'STREAMS', probe, '0'],
  ['xtrim', probe, 'MINID', 0],
  ['time'],
  ['ping'],
  ['info', 'server'],
  ['eval', 'return 1', 0],
  ['evalsha', '0'.repeat(40), 0],
  ['del', probe],
];

/** The names of the commands in `probes`. */
export const neededCommands: readonly string[] = probes.map(([command]) => command);

/**
 * Checks for problems that don't pass by themselves: wrong credentials, missing rights of the user, an unsupported mode
 * of the server. A Redis that can't be reached does not prevent startup.
 *
 * @throws SetupError
 */
export async function checkServer(redis: RedisConnection, log: Log): Promise<void> {
  const { reason } = redis;
  if (reason !== null && /^(WRONGPASS|NOAUTH) /.test(reason)) {
    throw invalidConfiguration([`REDIS_URL: Redis refuses the user or the password: ${reason}`]);
  }
  if (!redis.state.isReady) return;
  const answers = await redis.run((client) =>
    Promise.all(
      probes.map(async ([command, ...values]) => {
        const answer: unknown = await client.call(command, ...values).catch(messageOf);
        return { command, text: String(answer) };
      }),
    ),
  );
  const publish = await redis.publish(probe, '').then(() => '', messageOf);
  const forbidden = [...answers, { command: 'publish', text: publish }].filter(({ text }) =>
    text.startsWith('NOPERM '),
  );
  if (forbidden.length > 0) {
    const names = forbidden.map(({ command }) => command).join(', ');
    throw invalidConfiguration([
      `REDIS_URL: the user of Redis lacks rights for ${names}: ${forbidden[0]?.text}; see docs/operating.md`,
    ]);
  }
  const mode = /^redis_mode:(\w+)/m.exec(textOf('info', answers))?.[1];
  if (mode !== undefined && mode !== 'standalone') {
    throw invalidConfiguration([`REDIS_URL: Redis runs in the mode ${mode}; only a single primary is supported`]);
  }
  const written = textOf('set', answers);
  if (written !== 'OK') log.warn({ reason: written }, 'redis refuses to write');
}

function textOf(wanted: string, answers: readonly { command: string; text: string }[]): string {
  return answers.find(({ command }) => command === wanted)?.text ?? '';
}
