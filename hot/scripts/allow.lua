-- Allows at most so many calls in any window of time.
--
-- KEYS[1]  the list of the times of the calls that were allowed, µs
-- ARGV[1]  most calls; ARGV[2] the window, µs
--
-- Answers 0 when this call is allowed, else for how many µs it is not.
--
-- The clock is the server's, so that all clients have the same one.
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
-- A clock that stepped back must not let calls through that came too early.
local last = redis.call('LINDEX', KEYS[1], -1)
if last and tonumber(last) > now then now = tonumber(last) end
-- The limit-th last call frees a place when it leaves the window.
local oldest = redis.call('LINDEX', KEYS[1], -limit)
if oldest then
  local wait = tonumber(oldest) + window - now
  if wait > 0 then return wait end
end
redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
if oldest then redis.call('LTRIM', KEYS[1], -limit, -1) end
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
return 0
