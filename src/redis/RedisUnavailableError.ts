/** Redis could not be reached, did not respond in time, or refused a command. The command may have been executed. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
}
