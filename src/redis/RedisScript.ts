import { createHash } from 'node:crypto';

/** Lua code that sets `now` to the current time of the Redis server, in Unix ms. */
export const luaNow = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** A Lua script, which Redis executes atomically. Its text is sent only if Redis does not have the script yet. */
export class RedisScript {
  readonly lua: string;
  readonly sha: string;

  constructor(lua: string) {
    this.lua = lua;
    this.sha = createHash('sha1').update(lua).digest('hex');
  }
}
