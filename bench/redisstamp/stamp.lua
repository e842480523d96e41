-- KEYS: idempotency key, card, ledger
-- ARGV: quantity, stamps on a full card, card id, location id, hash of the body
local seen = redis.call('GET', KEYS[1])
if seen then
  return seen
end
local balance = redis.call('HINCRBY', KEYS[2], 'balance', ARGV[1])
local goal = tonumber(ARGV[2])
if balance >= goal then
  balance = redis.call('HINCRBY', KEYS[2], 'balance', -goal)
  redis.call('HINCRBY', KEYS[2], 'coupons', 1)
end
redis.call('XADD', KEYS[3], '*', 'card', ARGV[3], 'quantity', ARGV[1], 'balance', balance, 'location', ARGV[4])
local answer = ARGV[5] .. ':' .. balance
redis.call('SET', KEYS[1], answer)
return answer
