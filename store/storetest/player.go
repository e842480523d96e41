package storetest

import (
	"math/rand/v2"

	"github.com/leima/leima/loyalty"
)

// player gives random commands to some cards of a shop and remembers what came of them,
// so that later commands can go back to it.
type player struct {
	sh      *shop
	cards   []string
	entries []string
	coupons []string
	given   []loyalty.Command
}

// move is a random choice. Two players who make the same moves give the same commands.
type move struct{ kind, card, quantity, old, late int }

// moves returns n random moves, the same for the same seed.
func moves(seed, n, cards int) []move {
	random := rand.New(rand.NewPCG(uint64(seed), 3)) //nolint:gosec // counts from 0
	list := make([]move, n)
	for i := range list {
		list[i] = move{kind: random.IntN(10), card: random.IntN(cards), quantity: random.IntN(14) - 1, old: random.IntN(1000), late: random.IntN(4)}
	}
	return list
}

func newPlayer(sh *shop, cards int) *player {
	p := &player{sh: sh}
	for range cards {
		p.cards = append(p.cards, sh.newCard().ID)
	}
	return p
}

// command turns a move into a command: half of them stamps, the others corrections,
// redemptions, reversals and repetitions.
func (p *player) command(m move) loyalty.Command {
	const day = 24 * 60 * 60 * 1000
	card := p.cards[m.card]
	var c loyalty.Command
	switch {
	case m.kind == 5:
		c = p.sh.adjust(card, m.quantity-5)
	case m.kind == 6 && len(p.coupons) > 0:
		c = p.sh.redeem(p.coupons[m.old%len(p.coupons)])
	case m.kind >= 7 && m.kind <= 8 && len(p.entries) > 0:
		c = p.sh.reverse(p.entries[m.old%len(p.entries)])
	case m.kind == 9 && len(p.given) > 0:
		return p.given[m.old%len(p.given)]
	default:
		c = p.sh.stamp(card, m.quantity)
		c.At -= int64(m.late) / 2 * day
	}
	p.given = append(p.given, c)
	return c
}

func (p *player) learn(outcomes []loyalty.Outcome) {
	for _, o := range outcomes {
		if o.Err != nil || o.Refusal != nil {
			continue
		}
		p.entries = append(p.entries, o.Entry.ID)
		for _, k := range o.Coupons {
			p.coupons = append(p.coupons, k.ID)
		}
	}
}
