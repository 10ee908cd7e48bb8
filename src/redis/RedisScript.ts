import { createHash } from 'node:crypto';

/** A Lua script, which Redis executes as one command. It is sent in full only if Redis does not know it yet. */
export class RedisScript {
  readonly lua: string;
  readonly sha: string;

  constructor(lua: string) {
    this.lua = lua;
    this.sha = createHash('sha1').update(lua).digest('hex');
  }
}
