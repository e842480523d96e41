-- Replaces a cell by a count, with what arrived meanwhile and was not counted.
--
-- KEYS[1]  the cell; KEYS[2] the log of the count
-- ARGV[1]  the token of the count; ARGV[2] time to live, ms
-- ARGV[3]  stamps; ARGV[4] coupons; ARGV[5] redemptions; ARGV[6] cards
-- ARGV[..] for each committer that the count saw: its name, its last number
--
-- Answers nothing when the count came too late, else the four numbers of the cell
-- before (nil for none) and the four after. The fields are explained in add.lua.
local cell, log = KEYS[1], KEYS[2]
local entries = redis.call('LRANGE', log, 0, -1)
if entries[1] ~= ARGV[1] then return false end

local before = redis.call('HMGET', cell, 's', 'c', 'r', 'n')
local last, fields = {}, {'s', ARGV[3], 'c', ARGV[4], 'r', ARGV[5], 'n', ARGV[6]}
for i = 7, #ARGV, 2 do
  last[ARGV[i]] = tonumber(ARGV[i + 1])
  fields[#fields + 1], fields[#fields + 2] = '@' .. ARGV[i], ARGV[i + 1]
end
redis.call('DEL', cell, log)
redis.call('HSET', cell, unpack(fields))
for i = 2, #entries do
  local source, seq, s, c, r, n = string.match(entries[i], '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  if tonumber(seq) > (last[source] or 0) then
    last[source] = tonumber(seq)
    redis.call('HSET', cell, '@' .. source, seq)
    redis.call('HINCRBY', cell, 's', s)
    redis.call('HINCRBY', cell, 'c', c)
    redis.call('HINCRBY', cell, 'r', r)
    redis.call('HINCRBY', cell, 'n', n)
  end
end
redis.call('PEXPIRE', cell, ARGV[2])

local after = redis.call('HMGET', cell, 's', 'c', 'r', 'n')
return {before[1], before[2], before[3], before[4], after[1], after[2], after[3], after[4]}
