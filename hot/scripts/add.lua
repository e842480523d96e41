-- Adds what a batch changed to the cells of the live totals, once.
--
-- KEYS     for each cell: the cell, and the log of a count
-- ARGV[1]  the committer; ARGV[2] the number of its batch
-- ARGV[3]  most entries in a log; ARGV[4] most committers in a cell
-- ARGV[..] for each cell: stamps, coupons, redemptions, cards
--
-- A cell has the fields s, c, r, n and, for each committer, '@' and its name with
-- the number of the last batch that is in. A log holds the token of the count and
-- then entries "committer number stamps coupons redemptions cards".
local source, seq = ARGV[1], tonumber(ARGV[2])
local maxlog, maxsources = tonumber(ARGV[3]), tonumber(ARGV[4])
local field, names = '@' .. source, {'s', 'c', 'r', 'n'}
local function refused(reply) return type(reply) == 'table' and reply.err end
-- Counts are rare and cells may be many, so one question tells whether any is counted.
local logs = {}
for i = 1, #KEYS / 2 do logs[i] = KEYS[2 * i] end
local counting = redis.call('EXISTS', unpack(logs)) > 0
for i = 1, #KEYS / 2 do
  local cell, log, first = KEYS[2 * i - 1], KEYS[2 * i], 1 + 4 * i
  local length = counting and redis.call('LLEN', log) or 0
  local reply
  if length > maxlog then
    redis.call('DEL', log)
  elseif length > 0 then
    reply = redis.pcall('RPUSH', log, table.concat(ARGV, ' ', 1, 2) .. ' ' .. table.concat(ARGV, ' ', first, first + 3))
  end
  local known = redis.call('HMGET', cell, 's', field)
  if known[1] and seq > tonumber(known[2] or 0) and not refused(reply) then
    reply = redis.pcall('HSET', cell, field, ARGV[2])
    if not refused(reply) then
      for n, name in ipairs(names) do
        local by = ARGV[first + n - 1]
        if by ~= '0' then redis.call('HINCRBY', cell, name, by) end
      end
      if not known[2] and redis.call('HLEN', cell) > 4 + maxsources then redis.call('DEL', cell) end
    end
  end
  -- What cannot be kept right is not kept: the next reader counts.
  if refused(reply) then
    redis.call('DEL', cell, log)
  end
end
return redis.status_reply('OK')
