import { IncomingMessage } from 'node:http';

/**
 * A request of which Node upgrades nothing but a WebSocket. As soon as a server listens for upgrades, Node takes every
 * request that offers one away from HTTP. An offer of anything else is ignored and the request is answered (RFC 9110,
 * 7.8): clients that speak HTTP/2 offer `h2c` with ordinary requests.
 */
export class HttpRequest extends IncomingMessage {
  // Node's parser sets `upgrade` from the constructor on and decides by it, so a private field would come too late.
  declare private offersUpgrade: boolean | null;

  get upgrade(): boolean {
    return this.offersUpgrade === true && opensWebSocket(this);
  }

  set upgrade(value: boolean | null) {
    this.offersUpgrade = value;
  }
}

/** A WebSocket begins with a GET (RFC 6455, 4.1), and HTTP/1.0 has no upgrades (RFC 9110, 7.8). */
function opensWebSocket({ method, httpVersion, headers }: IncomingMessage): boolean {
  if (method !== 'GET' || httpVersion === '1.0') return false;
  return (headers.upgrade ?? '').split(',').some((protocol) => protocol.trim().toLowerCase() === 'websocket');
}
