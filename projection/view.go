package projection

import (
	"maps"
	"slices"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

// The forms of what is kept, each the first byte of its part. A reader that meets
// another form than its own reads from the database: during an update of several
// processes old and new ones share the hot state.
const (
	formCounters = 2
	formRest     = 2
)

// What became of a coupon. A rest ends with as many of these as there are: those of the
// card as it was read, all open, and behind them what commits tell. The last word on a
// coupon counts, so that it does no harm if one is there twice.
const (
	couponOpen = 1 // and all of it
	couponOver = 2 // and its id: it was used, taken back or ran out
)

// maxTold bounds what is told of the coupons of a card at once, in bytes: some three new
// ones. With more to tell, the card is read again.
const maxTold = 1 << 10

// The aliases of a card. A number is that of a customer, who may have a card in each
// program, and only one of them can be used at a time.
func aliasOfCode(code string) string                { return "c:" + code }
func aliasOfLink(link string) string                { return "l:" + link }
func aliasOfNumber(number, programID string) string { return "n:" + number + ":" + programID }

// statuses are numbered as they are kept.
var statuses = []loyalty.CardStatus{
	loyalty.CardActive, loyalty.CardProvisional, loyalty.CardRevoked, loyalty.CardMerged,
}

func refOf(orgID, cardID string) hot.CardRef { return hot.CardRef{Org: orgID, Card: cardID} }

// shown returns the view with what a reader gets, whoever answers: of the customer what
// a till and a page show, and not their contact. The link is left to those who had it.
func shown(v customer.View) customer.View {
	c := v.Customer
	v.Customer = customer.Customer{
		OrgID: c.OrgID, ID: c.ID, Number: c.Number, FirstName: c.FirstName, LastName: c.LastName,
		Locale: c.Locale, Status: c.Status, Version: c.Version,
	}
	v.Link, v.OldNumber = "", ""
	return v
}

// stateOf returns what is kept of a view. A card with more coupons than a view can hold,
// or that is too big otherwise, is not kept: a marker remembers its version.
func stateOf(v customer.View) hot.CardState {
	ref, version := refOf(v.Card.OrgID, v.Card.ID), uint64(v.Card.Version) //nolint:gosec // counts from 1
	payload, ok := countersOf(&v.Card)
	rest, fits := restOf(v)
	if !ok || !fits || len(payload)+len(rest) > hot.MaxPayload {
		return hot.Changed(ref, version)
	}
	state := hot.CardState{CardRef: ref, Version: version, Payload: payload, Rest: rest}
	if v.Card.Status.Usable() {
		state.Aliases = append(state.Aliases, aliasOfCode(v.Code), aliasOfNumber(v.Customer.Number, v.Card.ProgramID))
		if v.Card.Status != loyalty.CardProvisional { // whose page shows the contact to be confirmed
			state.Aliases = append(state.Aliases, aliasOfLink(v.Link))
		}
	}
	return state
}

// countersLen is the length of what a commit tells of a card, in bytes: two bytes, six
// numbers of 32 bits and five of 64.
const countersLen = 2 + 6*4 + 5*8

// countersOf returns what a commit tells of a card. Its length is always the same, so
// that Redis can write it over the last one.
func countersOf(c *loyalty.Card) ([]byte, bool) {
	w := writer{b: make([]byte, 0, countersLen)}
	status := slices.Index(statuses, c.Status)
	w.require(status >= 0 && c.Version > 0)
	w.byte(formCounters)
	w.byte(byte(max(status, 0))) //nolint:gosec // there are four
	for _, n := range [...]int{c.Balance, c.Goal, c.Round, c.Milestone, int(c.Day), c.DayStamps} {
		w.int32(n)
	}
	for _, n := range [...]int64{c.Lifetime, c.LastStampAt, c.WelcomedAt, c.JoinedAt, c.BlockedAt} {
		w.int64(n)
	}
	return w.b, !w.bad
}

func readCounters(b []byte, c *loyalty.Card) error {
	r := reader{s: string(b)}
	form, status := r.byte(), int(r.byte())
	if form != formCounters || status >= len(statuses) {
		return errNotOurs
	}
	c.Status = statuses[status]
	for _, to := range [...]*int{&c.Balance, &c.Goal, &c.Round, &c.Milestone} {
		*to = r.int32()
	}
	c.Day, c.DayStamps = loyalty.Day(r.int32()), r.int32() //nolint:gosec // 32 bits were written
	for _, to := range [...]*int64{&c.Lifetime, &c.LastStampAt, &c.WelcomedAt, &c.JoinedAt, &c.BlockedAt} {
		*to = r.int64()
	}
	return r.end()
}

// restOf returns what changes seldom.
func restOf(v customer.View) ([]byte, bool) {
	w := writer{b: make([]byte, 0, 256)}
	c := v.Customer
	w.require(len(v.Coupons) < customer.MaxOpenCoupons)
	w.byte(formRest)
	for _, s := range [...]string{
		v.Card.ProgramID, v.Card.CustomerID, v.Code, c.Number, c.FirstName, c.LastName, c.Locale, string(c.Status),
	} {
		w.string(s)
	}
	w.varint(c.Version)
	for i := range v.Coupons {
		w.require(v.Coupons[i].Status == loyalty.CouponIssued)
		w.coupon(&v.Card, &v.Coupons[i])
	}
	return w.b, !w.bad
}

// couponsOf returns what a commit tells of the card's coupons, to be put behind its rest.
func couponsOf(c *loyalty.ChangedCard) ([]byte, bool) {
	if len(c.Coupons) == 0 {
		return nil, true
	}
	var w writer
	for i := range c.Coupons {
		w.coupon(&c.Card, &c.Coupons[i])
	}
	return w.b, !w.bad && len(w.b) <= maxTold
}

// readRest returns the view with all but the counters and the program.
func readRest(b []byte, ref hot.CardRef) (customer.View, error) {
	r := reader{s: string(b)}
	if r.byte() != formRest {
		return customer.View{}, errNotOurs
	}
	v := customer.View{
		Card:     loyalty.Card{OrgID: ref.Org, ID: ref.Card},
		Customer: customer.Customer{OrgID: ref.Org},
	}
	c, status := &v.Customer, ""
	for _, to := range [...]*string{
		&v.Card.ProgramID, &v.Card.CustomerID, &v.Code, &c.Number, &c.FirstName, &c.LastName, &c.Locale, &status,
	} {
		*to = r.string()
	}
	c.ID, c.Status, c.Version = v.Card.CustomerID, customer.Status(status), r.varint()
	for !r.bad && r.s != "" {
		v.Coupons = r.coupon(&v.Card, v.Coupons)
	}
	if !slices.IsSortedFunc(v.Coupons, loyalty.OldestFirst) {
		slices.SortFunc(v.Coupons, loyalty.OldestFirst)
	}
	return v, r.end()
}

// coupon writes what became of a coupon; what is the same for all of the card is not
// written.
func (w *writer) coupon(card *loyalty.Card, k *loyalty.Coupon) {
	w.require(k.OrgID == card.OrgID && k.CardID == card.ID && k.ProgramID == card.ProgramID)
	if k.Status != loyalty.CouponIssued {
		w.byte(couponOver)
		w.string(k.ID)
		return
	}
	w.require(k.ClosedAt == 0 && k.ClosedBy == "")
	w.byte(couponOpen)
	for _, s := range [...]string{k.ID, k.RewardID, string(k.Kind), k.EarnedBy, k.EntryID} {
		w.string(s)
	}
	for _, n := range [...]int64{int64(k.Cost), int64(k.At), int64(k.Round), int64(k.Milestone), k.IssuedAt, k.ExpiresAt} {
		w.varint(n)
	}
	w.count(len(k.Name))
	for _, locale := range slices.Sorted(maps.Keys(k.Name)) {
		w.string(locale)
		w.string(k.Name[locale])
	}
}

// usualNames is up to how many languages a name usually has.
const usualNames = 8

// coupon returns the open coupons after what became of one of them.
func (r *reader) coupon(card *loyalty.Card, open []loyalty.Coupon) []loyalty.Coupon {
	var k loyalty.Coupon
	form := r.byte()
	switch form {
	case couponOpen:
		k = r.openCoupon(card)
	case couponOver:
		k.ID = r.string()
	default:
		r.bad = true
		return open
	}
	at := slices.IndexFunc(open, func(o loyalty.Coupon) bool { return o.ID == k.ID })
	switch {
	case form == couponOver && at < 0: // was not read any more
		return open
	case form == couponOver:
		return slices.Delete(open, at, at+1)
	case at < 0:
		return append(open, k)
	}
	open[at] = k
	return open
}

func (r *reader) openCoupon(card *loyalty.Card) loyalty.Coupon {
	k := loyalty.Coupon{OrgID: card.OrgID, CardID: card.ID, ProgramID: card.ProgramID, Status: loyalty.CouponIssued}
	kind := ""
	for _, to := range [...]*string{&k.ID, &k.RewardID, &kind, &k.EarnedBy, &k.EntryID} {
		*to = r.string()
	}
	k.Kind = loyalty.RewardKind(kind)
	for _, to := range [...]*int{&k.Cost, &k.At, &k.Round, &k.Milestone} {
		*to = int(r.varint())
	}
	k.IssuedAt, k.ExpiresAt = r.varint(), r.varint()
	names := r.count()
	k.Name = make(loyalty.Text, min(names, usualNames))
	for range names {
		locale := r.string()
		k.Name[locale] = r.string()
		if r.bad {
			break
		}
	}
	return k
}

// viewOf returns the view of a state, without its program.
func viewOf(s hot.CardState) (customer.View, error) {
	v, err := readRest(s.Rest, s.CardRef)
	if err != nil {
		return customer.View{}, err
	}
	v.Card.Version = int64(s.Version) //nolint:gosec // was an int64
	return v, readCounters(s.Payload, &v.Card)
}
