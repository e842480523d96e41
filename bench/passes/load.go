package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// inFlight bounds the stamps that wait for their answers; those that should be sent
	// meanwhile are late, which the rate tells.
	inFlight = 1024
	// settlePoll is how often it is looked whether all phones were told.
	settlePoll = 300 * time.Millisecond
	// answerLimit bounds one request.
	answerLimit = 20 * time.Second
)

// measure stamps cards drawn at random at the rate and waits until all phones were told.
func (b *bench) measure(ctx context.Context, name string, length time.Duration) (measured, error) {
	b.say("%s", name)
	b.watch.take()
	pushes := b.watch.pushes.Load()
	before, err := processorTime(b.leima.PID())
	if err != nil {
		return measured{}, err
	}
	m := measured{name: name}
	began := time.Now()
	m.answered, m.wrong = b.stamp(ctx, length)
	m.seconds = time.Since(began).Seconds()
	after, err := processorTime(b.leima.PID())
	if err != nil {
		return measured{}, err
	}
	m.server = after - before
	for end := time.Now().Add(settleLimit); b.watch.untold() > 0 && time.Now().Before(end) && ctx.Err() == nil; {
		pause(ctx, settlePoll)
	}
	m.untold, m.times, m.pushes = b.watch.untold(), b.watch.take(), b.watch.pushes.Load()-pushes
	return m, ctx.Err() //nolint:wrapcheck // it was stopped
}

// pause waits so long, or until the context ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// stamp sends stamps at the rate and counts the answers.
func (b *bench) stamp(ctx context.Context, length time.Duration) (answered, wrong int64) {
	client := &http.Client{Timeout: answerLimit, Transport: &http.Transport{MaxIdleConnsPerHost: inFlight, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var good, bad atomic.Int64
	var sending sync.WaitGroup
	slots := make(chan struct{}, inFlight)
	began := time.Now()
	for n := range int(length.Seconds() * float64(b.options.rate)) {
		due := began.Add(time.Duration(n) * time.Second / time.Duration(b.options.rate))
		pause(ctx, time.Until(due))
		if ctx.Err() != nil || time.Since(began) > 2*length {
			break
		}
		slots <- struct{}{}
		sending.Go(func() {
			defer func() { <-slots }()
			card := rand.IntN(b.deck.Cards) //nolint:gosec // no secret
			b.watch.stamped(card)
			if err := b.stampOne(ctx, client, card); err != nil {
				b.watch.refused(card)
				if bad.Add(1) == 1 {
					b.say("a stamp was not acknowledged: %v", err)
				}
				return
			}
			good.Add(1)
		})
	}
	sending.Wait()
	return good.Load(), bad.Load()
}

func (b *bench) stampOne(ctx context.Context, client *http.Client, card int) error {
	body := fmt.Sprintf(`{"card_id":%q,"quantity":1,"location_id":%q}`, b.deck.CardID(card), b.shop.LocationID)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+b.address+"/v1/stamps", strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+b.shop.Token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "passes-"+strconv.FormatUint(rand.Uint64(), 36)) //nolint:gosec // no secret
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("stamp: %w", err)
	}
	defer answer.Body.Close()
	const enough = 64 << 10
	text, err := io.ReadAll(io.LimitReader(answer.Body, enough))
	if err != nil || answer.StatusCode != http.StatusCreated {
		return fmt.Errorf("answered with %s: %s; %w", answer.Status, text, err)
	}
	return nil
}
