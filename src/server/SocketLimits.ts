/** What clients may take up, and for how long. */
export interface SocketLimits {
  /** What one operation may say, over HTTP or a socket, in bytes. */
  maxRequestBytes: number;
  /** WebSockets and event streams of subscriptions that are open at once. */
  maxSockets: number;
  /** Operations under way on one WebSocket. */
  maxOperations: number;
  /** How long a new WebSocket may take to say `connection_init`, in ms. */
  initTimeoutMs: number;
  /** How often a quiet WebSocket or event stream is told that it lives, in ms. */
  pingMs: number;
  /** How long a client may take nothing of what waits for it, in ms. */
  stallTimeoutMs: number;
  /** Whose pages may ask and open WebSockets, beside those of the own host; as `originOf` writes them. */
  corsOrigins: readonly string[];
  /** Request headers that these pages may set, beside those that the gateway knows. */
  corsHeaders: readonly string[];
}
