import { createHash } from 'node:crypto';

/** Lua that sets `now` to the time of Redis, in unix ms. */
export const luaNow = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** A Lua script, which Redis executes as one command. It is sent in full only if Redis does not know it yet. */
export class RedisScript {
  readonly lua: string;
  readonly sha: string;

  constructor(lua: string) {
    this.lua = lua;
    this.sha = createHash('sha1').update(lua).digest('hex');
  }
}
