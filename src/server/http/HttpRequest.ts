import { IncomingMessage } from 'node:http';

/**
 * A request that Node upgrades only to a WebSocket. Once a server listens for upgrades, Node no longer handles requests
 * that offer any upgrade as ordinary requests. Other offers must be ignored (RFC 9110, 7.8): clients that speak HTTP/2
 * offer `h2c` with ordinary requests.
 */
export class HttpRequest extends IncomingMessage {
  // Node's parser sets `upgrade` in the constructor, before a private field would exist.
  declare private offersUpgrade: boolean | null;

  get upgrade(): boolean {
    return this.offersUpgrade === true && opensWebSocket(this);
  }

  set upgrade(value: boolean | null) {
    this.offersUpgrade = value;
  }
}

/** A WebSocket starts with a GET (RFC 6455, 4.1), and HTTP/1.0 has no upgrades (RFC 9110, 7.8). */
function opensWebSocket({ method, httpVersion, headers }: IncomingMessage): boolean {
  if (method !== 'GET' || httpVersion === '1.0') return false;
  return (headers.upgrade ?? '').split(',').some((protocol) => protocol.trim().toLowerCase() === 'websocket');
}
