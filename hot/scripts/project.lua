-- Sets each card unless a newer version is known.
--
-- KEYS     the cards
-- ARGV[1]  time to live of a whole card, ms
-- ARGV[2]  most bytes of payload and rest
-- ARGV[..] for each card two arguments: what it builds on, and its value
--
-- A value begins with the version (8 bytes, big-endian) and the length of the payload
-- (2 bytes). Then:
--   whole    the payload, number of aliases (1 byte), their digests (16 bytes each),
--            the rest. It builds on nothing: the first argument is empty.
--   part     the payload, to be put before the aliases and the rest that are there if
--            these are still right: if the version there is at least the one in the
--            first argument, which is a head, too, with the length of this payload. What
--            follows that head is put behind the rest.
--   marker   nothing: the length is 0xFFFF, and the first argument is the same again.
--            What is older is forgotten but for the version.
--
-- Answers one letter for each card:
--   K  kept what was there, which is newer, or as new as a part
--   S  set; the aliases are those it had before, or none
--   A  set; the pointers of its aliases have to be written: they are new, or the
--      version is the same, as when a card is read again after a miss by alias
--   F  full: the card could not be set and was deleted, so that nobody reads the
--      old one (a full Redis refuses writes, but not DEL and not reads)
--
-- Numbers in commands are texts: Redis would print those of Lua, which are floating.
local ttl, most, answer, full = ARGV[1], tonumber(ARGV[2]), {}, false
local call, pcall, unpack, sub = redis.call, redis.pcall, struct.unpack, string.sub

-- Versions are compared as two halves, as Lua's numbers have 53 bits, and not as
-- strings, whose order depends on the locale of the server.
local function older(a, b)
  local ahigh, alow = unpack('>I4I4', a)
  local bhigh, blow = unpack('>I4I4', b)
  return ahigh < bhigh or (ahigh == bhigh and alow < blow)
end

local function aliases(value, from)
  return sub(value, from, from + 16 * string.byte(value, from))
end

-- Returns the letter, and the command to be given.
local function whole(key, new)
  local old = call('GET', key)
  if not old or #old < 10 then return 'A', 'SET', key, new, 'PX', ttl end
  if older(new, old) then return 'K' end
  local oldlen, newlen = unpack('>I2', old, 9), unpack('>I2', new, 9)
  if older(old, new) and oldlen ~= 65535 and aliases(old, 11 + oldlen) == aliases(new, 11 + newlen) then
    return 'S', 'SET', key, new, 'PX', ttl
  end
  return 'A', 'SET', key, new, 'PX', ttl
end

local function part(key, head, since, new)
  if #head < 10 then return 'S', 'SET', key, sub(new, 1, 8) .. '\255\255', 'PX', ttl end
  if not older(head, new) then return 'K' end
  local oldlen, newlen = unpack('>I2', head, 9), unpack('>I2', new, 9)
  -- A marker gets the version. Like a card with another payload it keeps its time to live.
  if oldlen == 65535 then return 'S', 'SETRANGE', key, '0', sub(new, 1, 8) end
  if newlen ~= 65535 and not older(head, since) then
    local more = sub(since, 11)
    if newlen == oldlen and more == '' then return 'S', 'SETRANGE', key, '0', new end
    -- All at once, so that nobody finds the payload without what came to the rest.
    local kept = sub(call('GET', key), 11 + oldlen)
    local rest = #kept - #aliases(kept, 1) + #more
    if newlen + rest <= most then return 'S', 'SET', key, new .. kept .. more, 'KEEPTTL' end
  end
  return 'S', 'SET', key, sub(new, 1, 8) .. '\255\255', 'PX', ttl
end

-- Gives the command of a letter. Once full, no more is tried: after the first DEL of
-- a script, Redis would let it write beyond maxmemory.
local problem
local function give(letter, ...)
  if letter == 'K' then return letter end
  if not full then
    local reply = pcall(...)
    if type(reply) ~= 'table' or not reply.err then return letter end
    if not string.find(reply.err, 'OOM', 1, true) then problem = reply; return letter end
    full = true
  end
  local _, key = ...
  call('DEL', key)
  return 'F'
end

for i = 1, #KEYS do
  local key, since, new = KEYS[i], ARGV[2 * i + 1], ARGV[2 * i + 2]
  if since == '' then
    answer[i] = give(whole(key, new))
  else
    local head = call('GETRANGE', key, '0', '9')
    -- The plain case, a stamp on a card that is known as it was, comes first.
    if head == since and not full and type(pcall('SETRANGE', key, '0', new)) == 'number' then
      answer[i] = 'S'
    else
      answer[i] = give(part(key, head, since, new))
    end
  end
  if problem then return problem end
end
return table.concat(answer)
