import type { Part } from '../concurrency/closeAll.ts';
import type { GatewayConfig } from '../config/readConfig.ts';
import type { UpstreamConfig } from '../config/upstream.ts';
import type { Log } from '../log.ts';
import { openRedis } from '../redis/openRedis.ts';
import { Sharing } from '../redis/Sharing.ts';

/** Opens what gateways share through Redis. @returns null if the gateway runs alone */
export async function openSharing(
  { redis: config, outcomes }: GatewayConfig,
  { baseUrl, credentials }: UpstreamConfig,
  opened: Part[],
  log: Log,
): Promise<Sharing | null> {
  if (!config) return null;
  if (outcomes.file !== null) log.warn('OUTCOMES_FILE is not used: with REDIS_URL outcomes are kept in Redis');
  const { url, prefix, account } = config;
  const credentialsId = credentials.kind === 'basic' ? credentials.keyId : credentials.clientId;
  const redis = await openRedis(url, { prefix, baseUrl, account, credentialsId }, log);
  opened.push(['redis', () => redis.close()]);
  const sharing = new Sharing(redis);
  opened.push(['the link to other gateways', () => sharing.close()]);
  await sharing.start();
  return sharing;
}
