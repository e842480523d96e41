-- Opens the log of a count, unless there is one.
--
-- KEYS[1]  the log
-- ARGV[1]  the token of this count; ARGV[2] time to live, ms
--
-- Answers 1, or 0 when somebody else is counting.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
