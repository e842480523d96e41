package hot

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	mathrand "math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limits of telling other processes.
const (
	// MaxTopic bounds a topic that other processes hear of, in bytes.
	MaxTopic = 1024
	// MaxUnspoken bounds the topics that wait to be told to other processes. More are
	// told in this process only.
	MaxUnspoken = 16_384

	// messageTopics bounds the topics of one message.
	messageTopics = 512
	// heartbeat is after how much silence the listener asks whether Redis is there;
	// after twice as much it connects anew.
	heartbeat = 2 * time.Second
	// minReconnect and maxReconnect bound the pauses before the listener connects anew.
	minReconnect, maxReconnect = 50 * time.Millisecond, time.Second
	// wakeChunk and wakePause: after a reconnection everybody who waits is told, as
	// anything may have been missed, but not everybody in the same moment.
	wakeChunk, wakePause = 500, 50 * time.Millisecond
	// aloneFor is for how long nothing is told to other processes after a message that
	// none of them heard: a single server need not pay for it with every batch. One that
	// has just started finds out so much later.
	aloneFor = 250 * time.Millisecond
)

// redisLive is a Live for all processes with the same prefix. There is one channel:
// a message names many topics, and every process hears all of them and knows by a look
// into a map whether anybody waits. That costs Redis one message and a connection per
// process, however many pages are open, and is the same in a Cluster, whose nodes pass
// ordinary messages on.
//
// Whoever waits in this process is told directly, so a lost Redis costs only what
// happens in other processes.
type redisLive struct {
	local   InProcess
	client  redis.UniversalClient
	cluster bool
	// try is Redis.try, timeout that of writes.
	try     func(context.Context, time.Duration, func(context.Context) error) error
	timeout time.Duration
	// refused is Redis.refused.
	refused func(error)
	channel string
	// self begins this process' messages, which it does not need to hear.
	self string

	// aloneUntil is until when, in UTC milliseconds, there is nobody else to tell.
	aloneUntil atomic.Int64
	// hearing is whether other processes are heard at present.
	hearing atomic.Bool

	mu       sync.Mutex
	unspoken map[string]struct{}
	pending  chan struct{}
}

func newRedisLive(r *Redis) *redisLive {
	return &redisLive{
		client: r.client, cluster: r.cluster, try: r.try, refused: r.refused, timeout: r.options.WriteTimeout, channel: r.options.Prefix + ":live", self: rand.Text(),
		unspoken: map[string]struct{}{}, pending: make(chan struct{}, 1),
	}
}

// Publish implements Live.
func (l *redisLive) Publish(topic string) {
	l.local.Publish(topic)
	if len(topic) > MaxTopic || l.nobodyElse() {
		return
	}
	l.mu.Lock()
	if len(l.unspoken) < MaxUnspoken {
		l.unspoken[topic] = struct{}{}
	}
	l.mu.Unlock()
	select {
	case l.pending <- struct{}{}:
	default: // told already
	}
}

// nobodyElse tells whether there is nobody else to tell.
func (l *redisLive) nobodyElse() bool { return time.Now().UnixMilli() < l.aloneUntil.Load() }

// spoken looks at how many connections a message reached. In a Cluster that number is
// of one node and says nothing.
func (l *redisLive) spoken(reached int64) {
	if l.cluster {
		return
	}
	if reached == 0 || reached == 1 && l.hearing.Load() {
		l.aloneUntil.Store(time.Now().Add(aloneFor).UnixMilli())
	}
}

// Subscribe implements Live.
func (l *redisLive) Subscribe(ctx context.Context, topic string) <-chan struct{} {
	return l.local.Subscribe(ctx, topic)
}

// speak tells other processes, until the context ends. While one message is under way,
// the topics of the next gather.
func (l *redisLive) speak(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.pending:
		}
		for some := range slices.Chunk(l.takeUnspoken(), messageTopics) {
			message := encodeTopics(l.self, some)
			err := l.try(ctx, l.timeout, func(ctx context.Context) error {
				reached, err := l.client.Publish(ctx, l.channel, message).Result()
				if err == nil {
					l.spoken(reached)
				}
				return err //nolint:wrapcheck // try says what it means
			})
			if err != nil {
				break // they find out when they look by themselves
			}
		}
	}
}

func (l *redisLive) takeUnspoken() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	topics := make([]string, 0, len(l.unspoken))
	for topic := range l.unspoken {
		topics = append(topics, topic)
	}
	clear(l.unspoken)
	return topics
}

// encodeTopics returns a message: who says it, with its length in one byte, and the
// topics, with their lengths in two.
func encodeTopics(self string, topics []string) string {
	size := 1 + len(self)
	for _, topic := range topics {
		size += 2 + len(topic)
	}
	message := make([]byte, 0, size)
	message = append(message, byte(len(self))) //nolint:gosec // ours, and short
	message = append(message, self...)
	for _, topic := range topics {
		message = binary.BigEndian.AppendUint16(message, uint16(len(topic))) //nolint:gosec // at most MaxTopic
		message = append(message, topic...)
	}
	return string(message)
}

// speakable returns the topics that other processes can hear of.
func speakable(topics []string) []string {
	tooLong := func(topic string) bool { return len(topic) > MaxTopic }
	if !slices.ContainsFunc(topics, tooLong) {
		return topics
	}
	return slices.DeleteFunc(slices.Clone(topics), tooLong)
}

var errNotTopics = errors.New("the message is not one of this release")

// decodeTopics reads what encodeTopics made.
func decodeTopics(message string) (self string, topics []string, err error) {
	if message == "" || len(message) < 1+int(message[0]) {
		return "", nil, errNotTopics
	}
	self, message = message[1:1+int(message[0])], message[1+int(message[0]):]
	for message != "" {
		if len(message) < 2 {
			return "", nil, errNotTopics
		}
		end := 2 + (int(message[0])<<8 | int(message[1]))
		if len(message) < end {
			return "", nil, errNotTopics
		}
		topics = append(topics, message[2:end])
		message = message[end:]
	}
	return self, topics, nil
}

// listen hears other processes until the context ends, and connects anew when the
// connection is lost.
func (l *redisLive) listen(ctx context.Context) {
	pause := minReconnect
	for ctx.Err() == nil {
		if l.listenOnce(ctx) {
			pause = minReconnect
		}
		// Not all processes at once after a restart of Redis.
		wait(ctx, pause/2+mathrand.N(pause)) //nolint:gosec // no secret
		pause = min(2*pause, maxReconnect)
	}
}

// wait returns after d or when the context ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// listenOnce hears until the connection is lost, and returns whether there was one.
func (l *redisLive) listenOnce(ctx context.Context) (heard bool) {
	connecting, cancel := context.WithTimeout(ctx, dialTimeout)
	sub := l.client.Subscribe(connecting, l.channel)
	cancel()
	defer func() {
		l.hearing.Store(false)
		_ = sub.Close() // nothing is left to lose
	}()
	// Receive does not hear of the context while it reads.
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()

	for asked := false; ctx.Err() == nil; {
		message, err := sub.ReceiveTimeout(ctx, heartbeat)
		var timeout net.Error
		switch {
		case err == nil:
			asked = false
		case errors.As(err, &timeout) && timeout.Timeout() && !asked:
			asked = true
			if sub.Ping(ctx) != nil {
				return heard
			}
			continue
		default:
			l.refused(err)
			return heard
		}
		switch message := message.(type) {
		case *redis.Subscription:
			// Every time, as the client may have connected anew by itself.
			heard = true
			l.tellEverybody(ctx)
			l.hearing.Store(true)
		case *redis.Message:
			l.tell(message.Payload)
		}
	}
	return heard
}

func (l *redisLive) tell(message string) {
	self, topics, err := decodeTopics(message)
	if err != nil || self == l.self {
		return
	}
	for _, topic := range topics {
		l.local.Publish(topic)
	}
}

// tellEverybody wakes all who wait, in portions.
func (l *redisLive) tellEverybody(ctx context.Context) {
	for i, topic := range l.local.watched() {
		if i > 0 && i%wakeChunk == 0 {
			wait(ctx, wakePause)
		}
		l.local.Publish(topic)
	}
}
