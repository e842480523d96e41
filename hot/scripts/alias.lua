-- Reads a card by an alias in one round trip.
--
-- KEYS[1]  the alias, which holds the place of the card
-- ARGV[1]  what comes before the place in the card's key
--
-- Answers the place and the value of the card, or nothing.
--
-- The card's key is not among KEYS, which a Cluster does not allow: there, the two
-- are read one after the other.
local place = redis.call('GET', KEYS[1])
if not place then return false end
local value = redis.call('GET', ARGV[1] .. place)
if not value then return false end
return {place, value}
