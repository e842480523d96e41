package traffic

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
)

// requests makes the requests of one thread.
type requests struct {
	job Job
	// templates has one request for each organization.
	templates []template
	random    *rand.Rand
	// begin is how keys begin; next is the number of the next request.
	begin string
	next  int64
}

// template is a whole request with places for what differs from one to the next.
type template struct {
	text []byte
	// key and card are where the idempotency key's number and the card stand; key is
	// -1 for requests that have none.
	key, card int
}

// keyDigits is enough for all requests of the longest job.
const keyDigits = 12

// Places in a template, of the length of what comes there.
var (
	keyPlace  = bytes.Repeat([]byte("#"), keyDigits)
	cardPlace = bytes.Repeat([]byte("@"), len("card_")+26)
	codePlace = bytes.Repeat([]byte("@"), 17)
)

// newRequests returns the requests of the thread with the number.
func newRequests(j Job, thread int) *requests {
	r := &requests{
		job: j, begin: fmt.Sprintf("%s-%02d-", j.Run, thread),
		random: rand.New(rand.NewPCG(j.Seed, uint64(thread))), //nolint:gosec // the same order again from the same seed
	}
	for i := range j.Shops {
		r.templates = append(r.templates, r.template(i))
	}
	return r
}

func (r *requests) template(i int) template {
	shop, key, body := r.job.Shops[i], "", ""
	if r.job.Kind == Stamps {
		key = "Idempotency-Key: " + r.begin + string(keyPlace) + "\r\n"
		body = fmt.Sprintf(`{"card_id":"%s","quantity":1,"location_id":"%s"}`, cardPlace, shop.LocationID)
	} else {
		body = fmt.Sprintf(`{"code":"%s","location_id":"%s"}`, codePlace, shop.LocationID)
	}
	text := []byte("POST /v1/" + string(r.job.Kind) + " HTTP/1.1\r\nHost: " + r.job.Address +
		"\r\nAuthorization: Bearer " + shop.Token + "\r\nContent-Type: application/json\r\n" + key +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
	return template{text: text, key: bytes.Index(text, keyPlace), card: bytes.Index(text, []byte("@@"))}
}

// append appends the next request to b.
func (r *requests) append(b []byte) []byte {
	i := 0
	if !r.job.Hot {
		i = r.random.IntN(r.job.Deck.Cards)
	}
	t := &r.templates[r.job.Deck.Organization(i)]
	at := len(b)
	b = append(b, t.text...)
	if t.key >= 0 {
		digits := b[at+t.key : at+t.key+keyDigits]
		for n, k := r.next, keyDigits-1; k >= 0; k-- {
			digits[k] = byte('0' + n%10)
			n /= 10
		}
		copy(b[at+t.card:], r.job.Deck.CardID(i))
	} else {
		copy(b[at+t.card:], r.job.Deck.Code(i))
	}
	r.next++
	return b
}
