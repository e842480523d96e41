package hot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// trialTTL is how long the keys of a trial stay if the account may not delete them.
	trialTTL = 10 * time.Second
	// trialTimeout bounds CheckRights, connecting included.
	trialTimeout = 5 * time.Second
	// noScript is the name of no script: whether it may be called is all that is asked.
	noScript = "0000000000000000000000000000000000000000"
)

// CheckRights does once what the hot state with the prefix does, on keys of its own which
// it removes, and returns the rights that the account lacks, as ACL SETUSER takes them:
// +evalsha, ~leima:*, &leima:*. The account's name is "default" if the URL has none. It is
// for administrators; errors wrap ErrUnavailable or are *InputErrors, without a password.
func CheckRights(ctx context.Context, rawURL, prefix string) (account string, missing []string, err error) {
	if !prefixPattern.MatchString(prefix) {
		return "", nil, &InputError{"Prefix", "must be 1 to 32 lower-case letters, digits and hyphens"}
	}
	address, err := parseAddress(rawURL)
	if err != nil {
		return "", nil, err
	}
	if account = address.options.Username; account == "" {
		account = "default"
	}
	quietClient()
	ctx, cancel := context.WithTimeout(ctx, trialTimeout)
	defer cancel()
	t := &trial{client: redis.NewUniversalClient(address.options), prefix: prefix}
	defer t.client.Close() //nolint:errcheck // it was only asked
	t.commands(ctx)
	t.listening(ctx)
	if len(t.missing) == 0 {
		t.scripts(ctx)
	}
	return account, t.missing, t.err
}

// trial tries what an account may do.
type trial struct {
	client  redis.UniversalClient
	prefix  string
	missing []string
	err     error // the first that is no want of a right
}

// key returns a key of this trial alone. All are in one slot of a Cluster.
func (t *trial) key(name string) string { return t.prefix + ":trial:{" + name + "}" }

// commands tries each command that is sent or that a script calls. The last one removes
// what the others left.
func (t *trial) commands(ctx context.Context) {
	token := rand.Text()
	text, list, hash := t.key(token)+"t", t.key(token)+"l", t.key(token)+"h"
	ttl := trialTTL.Milliseconds()
	for _, c := range []struct {
		right string
		args  []any
	}{
		{"+ping", []any{"PING"}},
		{"+info", []any{"INFO", "server"}},
		{"+time", []any{"TIME"}},
		{"+set", []any{"SET", text, "", "PX", ttl}},
		{"+get", []any{"GET", text}},
		{"+mget", []any{"MGET", text}},
		{"+setrange", []any{"SETRANGE", text, 0, "x"}},
		{"+getrange", []any{"GETRANGE", text, 0, 0}},
		{"+exists", []any{"EXISTS", text}},
		{"+pexpire", []any{"PEXPIRE", text, ttl}},
		{"+hset", []any{"HSET", hash, "s", 0}},
		{"+hincrby", []any{"HINCRBY", hash, "s", 1}},
		{"+hmget", []any{"HMGET", hash, "s"}},
		{"+hlen", []any{"HLEN", hash}},
		{"", []any{"PEXPIRE", hash, ttl}},
		{"+rpush", []any{"RPUSH", list, "x"}},
		{"+lrange", []any{"LRANGE", list, 0, 0}},
		{"+llen", []any{"LLEN", list}},
		{"+lindex", []any{"LINDEX", list, 0}},
		{"+ltrim", []any{"LTRIM", list, 0, 0}},
		{"", []any{"PEXPIRE", list, ttl}},
		{"+eval", []any{"EVAL", "return 0", 1, text}},
		{"+evalsha", []any{"EVALSHA", noScript, 1, text}},
		{"+publish", []any{"PUBLISH", t.prefix + ":trial", ""}},
		{"+del", []any{"DEL", text, list, hash}},
	} {
		t.learn(c.right, t.client.Do(ctx, c.args...).Err())
	}
}

// listening tries to hear a channel.
func (t *trial) listening(ctx context.Context) {
	channel := t.prefix + ":trial"
	sub := t.client.Subscribe(ctx, channel)
	defer sub.Close() //nolint:errcheck // nothing is left to lose
	_, err := sub.Receive(ctx)
	if t.learn("+subscribe", err); err != nil {
		return
	}
	if err = sub.Unsubscribe(ctx, channel); err == nil {
		_, err = sub.Receive(ctx)
	}
	t.learn("+unsubscribe", err)
}

// scripts runs each script once: some servers refuse within scripts what they allow outside.
func (t *trial) scripts(ctx context.Context) {
	token := rand.Text()
	cell, log, times := t.key(token)+"c", t.key(token)+"u", t.key(token)+"l"
	card := projectCall(&keyspace{cards: t.key(token) + "k:"}, []*CardState{{CardRef: CardRef{"trial", token}, Version: 1}})
	for _, c := range []*call{
		{script: beginScript, keys: []string{log}, args: []any{token, trialTTL.Milliseconds()}},
		{script: addScript, keys: []string{cell, log}, args: []any{token, 1, MaxCountLog, MaxSources, 1, 0, 0, 0}},
		{script: finishScript, keys: []string{cell, log}, args: []any{token, trialTTL.Milliseconds(), 1, 0, 0, 0, token, 1}},
		{script: allowScript, keys: []string{times}, args: []any{1, trialTTL.Microseconds()}},
		card,
	} {
		t.learn("+@scripting", t.client.Eval(ctx, c.script.source, c.keys, c.args...).Err())
	}
	t.learn("+del", t.client.Del(ctx, append(card.keys, cell, log, times)...).Err())
}

// learn notes which right a refusal is about: a key's or a channel's where the command is
// allowed.
func (t *trial) learn(right string, err error) {
	switch {
	case err == nil, errors.Is(err, redis.Nil), redis.HasErrorPrefix(err, "NOSCRIPT"), redis.IsOOMError(err):
		return
	case !refusal(err):
		if t.err == nil {
			t.err = unavailable(fmt.Errorf("try the rights of the account: %w", err))
		}
		return
	case keyRefused.MatchString(err.Error()):
		right = "~" + t.prefix + ":*"
	case channelRefused.MatchString(err.Error()):
		right = "&" + t.prefix + ":*"
	}
	if right != "" && !slices.Contains(t.missing, right) {
		t.missing = append(t.missing, right)
	}
}
