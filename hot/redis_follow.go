package hot

import (
	"context"
	"fmt"
	"time"
)

// Follow implements State: one pipelined call, and a second one for pointers of aliases
// when cards are new to Redis.
func (r *Redis) Follow(ctx context.Context, round Round) error {
	if err := checkRound(round); err != nil {
		return err
	}
	start, keys := time.Now(), r.keys.Load()
	groups := r.groups(round.Cards)
	increments, adds := r.addCalls(keys, round.Pushes)
	calls := make([]*call, 0, len(groups)+len(adds)+1)
	for _, group := range groups {
		calls = append(calls, projectCall(keys, group))
	}
	calls = append(calls, adds...)
	var message *call
	if topics := speakable(round.Topics); len(topics) > 0 && !r.cluster && !r.nobodyElse() {
		message = command("PUBLISH", r.channel, encodeTopics(r.self, topics))
		calls = append(calls, message)
	}
	err := r.run(ctx, r.options.WriteTimeout, calls)
	pointers, wrong := r.projected(keys, groups, calls)
	if err == nil {
		err = wrong
	}
	for i, c := range adds {
		if c.failed() != nil {
			r.missed.addCells(increments[i])
		}
	}
	if message != nil && message.failed() == nil {
		reached, _ := message.answer.Int64()
		r.spoken(reached)
	}
	for _, topic := range round.Topics {
		if r.cluster { // a message could overtake what another node is told
			r.Publish(topic)
		} else {
			r.local.Publish(topic)
		}
	}
	// A pointer that is missing is written when somebody asks for it in vain.
	if left := r.options.WriteTimeout - time.Since(start); err == nil && left > 0 {
		err = r.run(ctx, left, pointers)
	}
	if err != nil {
		return fmt.Errorf("hot: follow %d cards and %d totals: %w", len(round.Cards), len(increments), err)
	}
	return nil
}
