import { luaNow, RedisScript } from '../redis/RedisScript.ts';

/**
 * Stores the run id of the server. After each start of the server, the gateways store again what they know. Until that
 * is done, no batch may be sent, since a key that the server has lost must not look new.
 *
 * KEYS: server; ARGV: run id, how long no batch may be sent after a start in ms, 1 to extend this time. Returns for how
 * many more ms no batch may be sent.
 */
export const enterScript = new RedisScript(`${luaNow}
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then
  redis.call('HSET', KEYS[1], 'run', ARGV[1], 'opensAt', string.format('%.0f', now + ARGV[2]))
elseif ARGV[3] == '1' then
  local opensAt = math.max(tonumber(redis.call('HGET', KEYS[1], 'opensAt')), now + ARGV[2])
  redis.call('HSET', KEYS[1], 'opensAt', string.format('%.0f', opensAt))
end
return math.max(0, tonumber(redis.call('HGET', KEYS[1], 'opensAt')) - now)
`);

/**
 * Claims an idempotency key before its batch is sent.
 *
 * KEYS: record, open, server; ARGV: run id, name, id, intent, intendedAt, sender. Returns `claimed`, `used` if
 * the key has a record, or `closed` while no batch may be sent.
 */
export const claimScript = new RedisScript(`${luaNow}
if redis.call('EXISTS', KEYS[1]) == 1 then return 'used' end
local server = redis.call('HMGET', KEYS[3], 'run', 'opensAt')
if server[1] ~= ARGV[1] or tonumber(server[2]) > now then return 'closed' end
redis.call('HSET', KEYS[1], 'id', ARGV[3], 'state', 'open', 'intent', ARGV[4], 'intendedAt', ARGV[5], 'sender', ARGV[6])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[2])
return 'claimed'
`);

/**
 * Stores what a gateway knows about an outcome, unless the record has a later state. May be repeated.
 *
 * KEYS: record, open, ambiguous, lease, and a claim for each journal; ARGV: name, lease or empty, seconds to keep, id,
 * state, intent, intendedAt, requestId, sender, items. Returns `applied`, or why it was not applied; then the positions
 * of journals that another outcome has claimed.
 */
export const applyScript = new RedisScript(`
local name, lease, kept, id, state = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local rank = { open = 0, ambiguous = 1, notDone = 2, done = 3 }
if lease ~= '' and redis.call('GET', KEYS[4]) ~= lease then return { 'fenced' } end
local current = redis.call('HMGET', KEYS[1], 'id', 'state')
if current[1] and current[1] ~= id then return { 'other' } end
if state == 'forgotten' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], name)
  redis.call('ZREM', KEYS[3], name)
  return { 'applied' }
end
if current[2] and rank[state] < rank[current[2]] then return { 'older' } end
local result = { 'applied' }
for at = 5, #KEYS do
  local owner = redis.call('GET', KEYS[at])
  if owner and owner ~= id then table.insert(result, tostring(at - 5)) end
end
if lease ~= '' and #result > 1 then return { 'taken' } end
redis.call('HSET', KEYS[1], 'id', id, 'state', state, 'intent', ARGV[6], 'intendedAt', ARGV[7], 'sender', ARGV[9])
if ARGV[8] ~= '' then redis.call('HSET', KEYS[1], 'requestId', ARGV[8]) end
if ARGV[10] ~= '' then redis.call('HSET', KEYS[1], 'items', ARGV[10]) end
redis.call('ZREM', KEYS[2], name)
redis.call('ZREM', KEYS[3], name)
if state == 'open' then redis.call('ZADD', KEYS[2], ARGV[7], name)
elseif state == 'ambiguous' then redis.call('ZADD', KEYS[3], ARGV[7], name)
else redis.call('EXPIRE', KEYS[1], kept) end
for at = 5, #KEYS do redis.call('SET', KEYS[at], id, 'EX', kept) end
return result
`);

/**
 * Takes or extends a lease. KEYS: lease; ARGV: the caller's previous value, a new value, duration in ms. Returns the
 * value of the lease; nil if another caller holds it.
 */
export const leaseScript = new RedisScript(`
local value = redis.call('GET', KEYS[1])
if value and value ~= ARGV[1] then return nil end
local kept = value or ARGV[2]
redis.call('SET', KEYS[1], kept, 'PX', ARGV[3])
return kept
`);

/** Releases a lease. KEYS: lease; ARGV: the caller's value of the lease. */
export const releaseScript = new RedisScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`);
