-- Sets each card unless a newer version is known.
--
-- KEYS     the cards
-- ARGV[1]  time to live, ms
-- ARGV[..] the value of each card: version (8 bytes, big-endian), number of
--          aliases (1 byte), their digests (16 bytes each), payload
--
-- Answers one letter for each card:
--   K  kept what was there, which is newer
--   S  set; the aliases are those it had before
--   A  set; the pointers of its aliases have to be written: they are new, or the
--      version is the same, as when a card is read again after a miss by alias
--   F  full: the card could not be set and was deleted, so that nobody reads the
--      old one (a full Redis refuses writes, but not DEL and not reads)
local ttl, answer, full = ARGV[1], {}, false
for i, key in ipairs(KEYS) do
  local new = ARGV[i + 1]
  local head = 9 + 16 * string.byte(new, 9)
  local old = redis.call('GETRANGE', key, 0, head - 1)
  local letter = 'A'
  if #old > 8 then
    -- Versions are compared as two halves, as Lua's numbers have 53 bits, and not
    -- as strings, whose order depends on the locale of the server.
    local high, low = struct.unpack('>I4I4', new)
    local oldhigh, oldlow = struct.unpack('>I4I4', old)
    if high < oldhigh or (high == oldhigh and low < oldlow) then
      letter = 'K'
    elseif (high > oldhigh or low > oldlow) and string.sub(old, 9) == string.sub(new, 9, head) then
      letter = 'S'
    end
  end
  if letter ~= 'K' then
    -- Once full, no more is tried: after the first DEL of a script, Redis would
    -- let it write beyond maxmemory.
    if not full then
      local reply = redis.pcall('SET', key, new, 'PX', ttl)
      if reply.err then
        if not string.find(reply.err, 'OOM', 1, true) then return reply end
        full = true
      end
    end
    if full then
      redis.call('DEL', key)
      letter = 'F'
    end
  end
  answer[i] = letter
end
return table.concat(answer)
