import { Peers } from './Peers.ts';
import { RedisBus } from './RedisBus.ts';
import type { RedisConnection, RedisState } from './RedisConnection.ts';

/** What gateways with the same Redis use to share state and to reach each other. */
export class Sharing {
  readonly redis: RedisConnection;
  readonly peers: Peers;
  readonly bus: RedisBus;

  constructor(redis: RedisConnection) {
    this.redis = redis;
    this.peers = new Peers(redis);
    this.bus = new RedisBus(redis, this.peers);
  }

  get state(): RedisState & { gateways: number } {
    return { ...this.redis.state, gateways: this.peers.count };
  }

  start(): Promise<void> {
    return this.peers.start();
  }

  async close(): Promise<void> {
    this.bus.close();
    await this.peers.close();
  }
}
