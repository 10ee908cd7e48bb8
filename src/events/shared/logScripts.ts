import { luaNow, RedisScript } from '../../redis/RedisScript.ts';

/*
 * The log consists of a hash with its state, a stream with its entries, and a sorted set with the ids of the latest
 * events by time. The id of an entry is `<number>-<Unix ms of the append>`.
 */

/**
 * Returns the id of the first entry and the state of the log. If Redis was restarted or replaced, the log may have lost
 * its last entries. It therefore gets a new id, and the old log's numbers remain valid only up to the last entry still
 * there.
 *
 * KEYS: log, stream, ids. ARGV: run id of Redis, id for a new log.
 */
export const attachScript = new RedisScript(`
local state = redis.call('HMGET', KEYS[1], 'id', 'run', 'count')
if not state[1] then
  redis.call('DEL', KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], 'id', ARGV[2], 'run', ARGV[1], 'count', 0)
elseif state[2] ~= ARGV[1] then
  redis.call('HSET', KEYS[1], 'id', ARGV[2], 'run', ARGV[1], 'prior', state[1], 'priorCount', state[3])
end
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
return {first and first[1] or '', redis.call('HGETALL', KEYS[1])}
`);

/**
 * Renews the lease if the caller has it, or takes it if it is free and wanted. Returns who has the lease, and the state
 * of the log. KEYS: lease, log. ARGV: the caller's token, duration in ms, id of the log, 1 if the caller wants the
 * lease, state of the caller's feed.
 */
export const leaseScript = new RedisScript(`
if redis.call('HGET', KEYS[2], 'id') ~= ARGV[3] then return {'moved', {}} end
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('HSET', KEYS[2], 'leader', ARGV[5])
  return {'held', redis.call('HGETALL', KEYS[2])}
end
if holder then return {'other', redis.call('HGETALL', KEYS[2])} end
redis.call('HSET', KEYS[2], 'leader', '')
if ARGV[4] ~= '1' then return {'free', redis.call('HGETALL', KEYS[2])} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('HINCRBY', KEYS[2], 'fence', 1)
return {'granted', redis.call('HGETALL', KEYS[2])}
`);

/** Releases the lease if the token has it. KEYS: lease, log. ARGV: token. */
export const releaseScript = new RedisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], 'leader', '')
return redis.call('DEL', KEYS[1])
`);

/**
 * Appends the events that the log does not contain, and returns the number of the last entry. Returns -1 and appends
 * nothing if the lease was granted again since then, or if the log differs from what its only writer left, which means
 * that entries were lost.
 *
 * KEYS: log, stream, ids. ARGV: fence, id of the log, its last number, maximum number of entries, maximum number of
 * ids, time of the latest event; then for each event its id, its time in ms and the entry.
 */
export const appendScript = new RedisScript(`${luaNow}
local state = redis.call('HMGET', KEYS[1], 'fence', 'id', 'count', 'evicted')
if state[1] ~= ARGV[1] or state[2] ~= ARGV[2] or state[3] ~= ARGV[3] then return -1 end
local suffix = '-' .. string.format('%.0f', now)
local number = tonumber(state[3])
for at = 7, #ARGV, 3 do
  if redis.call('ZADD', KEYS[3], 'NX', ARGV[at + 1], ARGV[at]) == 1 then
    number = number + 1
    local entryId = string.format('%.0f', number) .. suffix
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], entryId, 'e', ARGV[at + 2])
  end
end
local excess = redis.call('ZCARD', KEYS[3]) - ARGV[5]
if excess > 0 then
  local evicted = redis.call('ZPOPMIN', KEYS[3], excess)
  local latest = evicted[#evicted]
  if not state[4] or tonumber(latest) > tonumber(state[4]) then redis.call('HSET', KEYS[1], 'evicted', latest) end
end
redis.call('HSET', KEYS[1], 'count', string.format('%.0f', number), 'published', ARGV[6])
return number
`);

/** Drops entries that are too old. KEYS: log, stream. ARGV: maximum age in ms. */
export const trimScript = new RedisScript(`${luaNow}
local function msOf(entry) return tonumber(string.match(entry[1], '-(%d+)$')) end
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local oldest = now - ARGV[1]
if not first or msOf(first) >= oldest then return 0 end
local low = tonumber(string.match(first[1], '^%d+'))
local high = tonumber(redis.call('HGET', KEYS[1], 'count')) + 1
while low < high do
  local middle = math.floor((low + high) / 2)
  local id = string.format('%.0f', middle)
  local entry = redis.call('XRANGE', KEYS[2], id, id, 'COUNT', 1)[1]
  if entry and msOf(entry) < oldest then low = middle + 1 else high = middle end
end
return redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f', low))
`);
