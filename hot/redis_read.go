package hot

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Limits of reads that travel together.
const (
	// readers is how many pipelines of reads are under way at once. Few make bigger
	// pipelines, which cost less for each read.
	readers = 2
	// maxReads bounds the reads that wait. More fail at once.
	maxReads = 4096
	// maxReadBatch bounds the reads of one pipeline.
	maxReadBatch = 128
	// minReadShare is which part of its time a read must have left to be sent at all.
	minReadShare = 5
)

// read is something that somebody waits for: the card at a place, the card that the
// pointer at a place leads to, or the answer of a call.
type read struct {
	// place of what is read, see appendPlace; afterwards, for a pointer, that of the card.
	place   string
	pointer bool
	call    *call
	// value is what was found, "" for nothing.
	value string
	err   error
	by    time.Time
	// done has room for the one who tells, so that nobody waits for those who left.
	done chan struct{}
}

var (
	errTooMany = unavailable(errors.New("too many reads wait"))
	errTooLate = unavailable(errors.New("the read waited for too long"))
	errClosed  = unavailable(errors.New("it was closed"))
)

// spareReads are reads that nobody knows any more.
var spareReads = sync.Pool{New: func() any { return &read{done: make(chan struct{}, 1)} }}

// ask answers the read together with those of others who ask at the same time: while a
// pipeline is under way, the next one forms. It waits for ReadTimeout at most.
func (r *Redis) ask(ctx context.Context, question read) (place, value string, err error) {
	rd, _ := spareReads.Get().(*read)
	question.by, question.done = time.Now().Add(r.options.ReadTimeout), rd.done
	*rd = question
	select {
	case r.reads <- rd:
	default:
		spareReads.Put(rd)
		return "", "", errTooMany
	}
	// The reader answers in time: see readBatch.
	select {
	case <-rd.done:
		place, value, err = rd.place, rd.value, rd.err
		spareReads.Put(rd)
		return place, value, err
	case <-ctx.Done():
		return "", "", unavailable(ctx.Err())
	case <-r.stopped:
		return "", "", errClosed
	}
}

// readLoop answers the reads until the context ends.
func (r *Redis) readLoop(ctx context.Context) {
	batch := make([]*read, 0, maxReadBatch)
	var leading []*read
	for {
		batch = batch[:0]
		if len(leading) == 0 {
			select {
			case <-ctx.Done():
				return
			case rd := <-r.reads:
				batch = append(batch, rd)
			}
		}
		for more := true; more && len(batch) < maxReadBatch; {
			select {
			case rd := <-r.reads:
				batch = append(batch, rd)
			default:
				more = false
			}
		}
		leading = r.readBatch(ctx, batch, leading)
	}
}

// readBatch answers the reads within the time of the oldest one, and those leading to
// cards whose pointers were looked up before. It returns the reads whose pointers it has
// found: they travel with the next batch, so that two steps cost no more pipelines than
// one. A script that follows pointers would save that, too, and costs Redis twice as much.
//
// A read that already waited for almost all of its time is not sent, so a slow Redis is
// not asked what nobody will hear.
func (r *Redis) readBatch(ctx context.Context, batch, leading []*read) []*read {
	now, timeout := time.Now(), r.options.ReadTimeout
	inTime := func(rd *read) bool {
		left := rd.by.Sub(now)
		if left < r.options.ReadTimeout/minReadShare {
			rd.answer(errTooLate)
			return false
		}
		timeout = min(timeout, left)
		return true
	}
	at := make([]*read, 0, len(leading)+len(batch))
	for _, rd := range leading {
		if inTime(rd) {
			at = append(at, rd)
		}
	}
	var pointers, asked []*read
	for _, rd := range batch {
		switch {
		case !inTime(rd):
		case rd.call != nil:
			asked = append(asked, rd)
		case rd.pointer:
			pointers = append(pointers, rd)
		default:
			at = append(at, rd)
		}
	}
	keys := r.keys.Load()
	cards, places := r.lookup(keys.cards, at), r.lookup(keys.aliases, pointers)
	calls := append(append(make([]*call, 0, len(cards)+len(places)+len(asked)), cards...), places...)
	for _, rd := range asked {
		calls = append(calls, rd.call)
	}
	_ = r.run(ctx, timeout, calls) // every call has its own error
	r.found(cards, at)
	r.found(places, pointers)
	for _, rd := range at {
		rd.answer(rd.err)
	}
	for _, rd := range asked {
		rd.answer(rd.call.failed())
	}
	return followed(pointers)
}

// followed returns those of the reads whose pointers lead somewhere, and answers the rest.
func followed(pointers []*read) []*read {
	leading := pointers[:0]
	for _, rd := range pointers {
		rd.place, rd.value = rd.value, ""
		if rd.err != nil || rd.place == "" {
			rd.answer(rd.err)
			continue
		}
		leading = append(leading, rd)
	}
	return leading
}

func (rd *read) answer(err error) {
	rd.err = err
	rd.done <- struct{}{}
}

// lookup returns the calls that get the values at the reads' places: one for all of
// them, or in a Cluster, where a call knows the keys of one slot only, one for each.
func (r *Redis) lookup(prefix string, reads []*read) []*call {
	if len(reads) == 0 {
		return nil
	}
	size := 0
	for _, rd := range reads {
		size += len(prefix) + len(rd.place)
	}
	text := make([]byte, 0, size)
	for _, rd := range reads {
		text = append(append(text, prefix...), rd.place...)
	}
	rest := string(text) // the keys are parts of it
	calls, args := make([]*call, 0, 1), make([]any, 1, 1+len(reads))
	for _, rd := range reads {
		end := len(prefix) + len(rd.place)
		if r.cluster {
			calls = append(calls, command("GET", rest[:end]))
		} else {
			args = append(args, rest[:end])
		}
		rest = rest[end:]
	}
	if !r.cluster {
		args[0] = "MGET"
		calls = append(calls, command(args...))
	}
	return calls
}

// found puts into the reads what the calls of lookup answered.
func (r *Redis) found(calls []*call, reads []*read) {
	if len(reads) == 0 {
		return
	}
	if r.cluster {
		for i, rd := range reads {
			if rd.err = calls[i].failed(); rd.err == nil {
				rd.value, _ = calls[i].answer.Text() // nil is ""
			}
		}
		return
	}
	err := calls[0].failed()
	values, _ := calls[0].answer.Val().([]any)
	if err == nil && len(values) != len(reads) {
		err = unavailable(errNotACard)
	}
	for i, rd := range reads {
		if rd.err = err; err == nil {
			rd.value, _ = values[i].(string) // nil is ""
		}
	}
}
