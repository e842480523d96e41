package hot

import (
	"context"
	"sync"
)

// Live tells subscribers that something named by a topic has changed. It carries
// no content: whoever is told reads the truth again. A told subscriber that has not
// looked yet is not told twice.
type Live interface {
	// Publish never blocks and never fails; a lost message costs freshness only.
	Publish(topic string)
	// Subscribe returns a channel that receives after a Publish of the topic, until
	// the context ends. The channel is never closed. One that would be beyond
	// MaxSubscribers receives nothing: whoever waits looks again now and then anyway.
	Subscribe(ctx context.Context, topic string) <-chan struct{}
}

// MaxSubscribers bounds the subscriptions of one process.
const MaxSubscribers = 50_000

// InProcess is a Live for one process. The zero value is ready.
type InProcess struct {
	mu     sync.Mutex
	topics map[string]map[chan struct{}]struct{}
	total  int
}

var _ Live = (*InProcess)(nil)

// Publish implements Live. Its cost is a lock and one send per subscriber.
func (l *InProcess) Publish(topic string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ch := range l.topics[topic] {
		select {
		case ch <- struct{}{}:
		default: // told already
		}
	}
}

// Subscribe implements Live.
func (l *InProcess) Subscribe(ctx context.Context, topic string) <-chan struct{} {
	ch := make(chan struct{}, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= MaxSubscribers {
		return ch
	}
	if l.topics == nil {
		l.topics = map[string]map[chan struct{}]struct{}{}
	}
	if l.topics[topic] == nil {
		l.topics[topic] = map[chan struct{}]struct{}{}
	}
	l.topics[topic][ch] = struct{}{}
	l.total++
	context.AfterFunc(ctx, func() { l.forget(topic, ch) })
	return ch
}

func (l *InProcess) forget(topic string, ch chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.topics[topic], ch)
	l.total--
	if len(l.topics[topic]) == 0 {
		delete(l.topics, topic)
	}
}

// watched returns the topics that somebody waits for.
func (l *InProcess) watched() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	topics := make([]string, 0, len(l.topics))
	for topic := range l.topics {
		topics = append(topics, topic)
	}
	return topics
}
