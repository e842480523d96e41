//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/leima/leima/bench/cards"
	"github.com/leima/leima/bench/traffic"
)

// entrant is one thing that is measured, once in every round.
type entrant struct {
	// name is the letter with what is special, such as "c hot".
	name    string
	address string
	kind    traffic.Kind
	deck    cards.Deck
	shops   []cards.Shop
	hot     bool
	// server, database and redis are processes, 0 where there is none.
	server, database, redis int
	// storage is what a Leima serves, nil for others.
	storage *storage
}

// start starts everything, in the order of the rounds, and lets it run in.
func (b *bench) start(ctx context.Context) error {
	if err := b.startDatabases(ctx); err != nil {
		return err
	}
	base := b.options.decks()[0]
	if b.wants("a") {
		if err := b.addCeiling(ctx, base); err != nil {
			return err
		}
	}
	if b.wants("b") {
		if err := b.addRedisStamp(ctx, base); err != nil {
			return err
		}
	}
	if b.wants("p") {
		if err := b.addGroupStamp(ctx, base); err != nil {
			return err
		}
	}
	if b.wants("q") {
		if err := b.addFileStamp(ctx, base); err != nil {
			return err
		}
	}
	for _, letter := range []string{"c", "d"} {
		if b.wants(letter) || letter == "c" && b.wants("scans") {
			if err := b.addLeima(ctx, letter); err != nil {
				return err
			}
		}
	}
	if b.wants("c") && !b.knows[redisFlag] {
		b.say("this leima knows no --%s: c is measured on PostgreSQL alone", redisFlag)
	}
	return b.runIn(ctx)
}

// pretended are shops for servers that do not look at them.
func pretended(d cards.Deck) []cards.Shop {
	shops := make([]cards.Shop, d.Organizations)
	for i := range shops {
		shops[i] = cards.Shop{
			LocationID: "loc_01k3sa0z2efcrstmhzda61w2tc",
			Token:      fmt.Sprintf("lk_bench-%05d_ABCDEFGHIJKLMNOPQRSTUVWXYZ", i),
		}
	}
	return shops
}

// addLeima adds the product on one kind of database: with the deck of all and, if
// asked, with the other decks and the hot card.
func (b *bench) addLeima(ctx context.Context, letter string) error {
	decks := b.options.decks()
	base, err := b.openStorage(ctx, letter, "", decks[0])
	if err != nil {
		return err
	}
	stamps := b.leimaEntrant(base)
	if b.wants(letter) {
		b.entrants = append(b.entrants, stamps)
	}
	if letter == "c" && b.wants("scans") {
		scans := stamps
		scans.name, scans.kind = "scans", traffic.Scans
		b.entrants = append(b.entrants, scans)
	}
	if !b.wants(letter) || !slices.Contains(b.options.Vary, letter) {
		return nil
	}
	if b.options.Hot {
		hot := stamps
		hot.name, hot.hot = letter+" hot", true
		b.entrants = append(b.entrants, hot)
	}
	for _, deck := range decks[1:] {
		s, err := b.openStorage(ctx, letter, special(decks[0], deck), deck)
		if err != nil {
			return err
		}
		b.entrants = append(b.entrants, b.leimaEntrant(s))
	}
	return nil
}

// special says in what a deck differs from the one of all.
func special(base, deck cards.Deck) string {
	if deck.Cards != base.Cards {
		return fmt.Sprintf("cards=%d", deck.Cards)
	}
	return fmt.Sprintf("orgs=%d", deck.Organizations)
}

func (b *bench) leimaEntrant(s *storage) entrant {
	e := entrant{
		name: s.name, address: s.address, kind: traffic.Stamps, deck: s.deck, shops: s.shops,
		server: s.server.PID(), storage: s,
	}
	if s.letter == "c" {
		e.database = b.postgres.PID()
		if b.knows[redisFlag] {
			e.redis = b.hotRedis.PID()
		}
	}
	return e
}

// After running in, scans go on until every card was scanned, at most so many times, each for
// so long.
const (
	maxRunIns  = 30
	runInAgain = 2 * time.Second
)

// scansOfAll returns after how many scans of cards drawn at random hardly any card was
// never scanned, and 0 for stamps: the first scan of a card is read from the database,
// and scans are measured as they are from then on. Of n cards, n/e^k are left after n·k
// scans; here that is one in twenty decks.
func (e entrant) scansOfAll() int64 {
	if e.kind != traffic.Scans {
		return 0
	}
	n := float64(e.deck.Cards)
	return int64(math.Ceil(n * (math.Log(n) + math.Log(20))))
}

// runIn lets every Leima run for a moment and its database take stock of its tables
// then. A database in use does so by itself after some minutes; until then its planner
// thinks that tables are empty, and what it plans for those takes longer and longer.
func (b *bench) runIn(ctx context.Context) error {
	for _, e := range b.entrants {
		b.say("%s: running in", e.name)
		r, err := b.load(ctx, e, b.options.Connections[0], 0, b.options.RunIn, nil)
		if err != nil {
			return err
		}
		if r.Answers == 0 {
			return fmt.Errorf("%s: nothing was answered with success; the first refusal was: %s", e.name, r.FirstRefusal)
		}
		for answers, try := r.Answers, 0; answers < e.scansOfAll() && try < maxRunIns; try++ {
			if r, err = b.load(ctx, e, b.options.Connections[0], 0, runInAgain.Seconds(), nil); err != nil {
				return err
			}
			answers += r.Answers
		}
	}
	for _, s := range b.stores {
		if err := cards.Settle(ctx, s.url); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// proof compares what was acknowledged with what is in a ledger.
type proof struct {
	Name string `json:"name"`
	// Acknowledged stamps must all be in the ledger, Unknown ones may.
	Acknowledged int64 `json:"acknowledged"`
	Unknown      int64 `json:"unknown"`
	Ledger       int64 `json:"ledger"`
}

func (p proof) holds() bool {
	return p.Acknowledged <= p.Ledger && p.Ledger <= p.Acknowledged+p.Unknown
}

// proof is of a ledger that has n stamps.
func (c *counted) proof(name string, n int64) proof { return proof{name, c.answered, c.unknown, n} }

// prove reads the ledgers of all that keep one.
func (b *bench) prove(ctx context.Context) ([]proof, error) {
	var proofs []proof
	for _, letter := range letters {
		r := b.rivals[letter]
		if r == nil {
			continue
		}
		n, err := r.entries(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", letter, err)
		}
		proofs = append(proofs, r.proof(letter, n))
	}
	for _, s := range b.stores {
		n, err := cards.Stamps(ctx, s.url)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		proofs = append(proofs, s.proof(s.name, n))
	}
	return proofs, nil
}

// lost returns an error if a ledger does not hold what was acknowledged.
func lost(proofs []proof) error {
	var failures []error
	for _, p := range proofs {
		if !p.holds() {
			failures = append(failures, fmt.Errorf("%s: %d stamps were acknowledged and %d are of unknown outcome, but the ledger has %d",
				p.Name, p.Acknowledged, p.Unknown, p.Ledger))
		}
	}
	return errors.Join(failures...)
}
