import type { Peers } from './Peers.ts';
import type { RedisConnection } from './RedisConnection.ts';

const channel = 'messages';

/**
 * Short messages between gateways, for example that the API has responded with 429. A message may be lost, so nothing
 * that must arrive is sent over the bus.
 */
export class RedisBus {
  readonly #redis: RedisConnection;
  readonly #reader: RedisConnection;
  readonly #peers: Peers;
  readonly #receivers = new Map<string, (body: unknown, from: string) => void>();

  constructor(redis: RedisConnection, peers: Peers) {
    this.#redis = redis;
    this.#peers = peers;
    this.#reader = redis.duplicate();
    this.#reader.subscribe(channel, (text) => this.#receive(text));
  }

  /**
   * Sets the receiver of the messages that other gateways publish to a topic. The receiver must check the body: other
   * gateways may run a different version.
   */
  receive(topic: string, receiver: (body: unknown, from: string) => void): void {
    this.#receivers.set(topic, receiver);
  }

  /** Sends a message without waiting for Redis. While Redis can't be reached, the message is lost. */
  publish(topic: string, body: unknown): void {
    if (!this.#redis.state.isReady) return;
    const text = JSON.stringify([this.#peers.id, topic, body]);
    this.#redis.publish(channel, text).catch(() => undefined);
  }

  close(): void {
    this.#reader.close();
  }

  #receive(text: string): void {
    const message = messageOfText(text);
    if (message && message.from !== this.#peers.id) this.#receivers.get(message.topic)?.(message.body, message.from);
  }
}

/** Decodes a message; null if the text was not published by a gateway. */
function messageOfText(text: string): { from: string; topic: string; body: unknown } | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return null;
    const [from, topic, body] = parsed as unknown[];
    return typeof from === 'string' && typeof topic === 'string' ? { from, topic, body } : null;
  } catch {
    return null;
  }
}
