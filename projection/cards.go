package projection

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

// Cards reads cards from the hot state and, what it does not know, from the database,
// with the same answers and errors. The Customer of a view has what a till or a page
// shows, and no contact. Programs may be a second old.
type Cards struct {
	views    Views
	follower *Follower
	reader   *hot.Reader
	programs *programs
	codes    *codes
	now      func() int64
	// hits and misses count what the hot state could answer and what not.
	hits, misses atomic.Int64
}

// NewCards returns Cards over the database, in front of which the follower's state
// stands. now is the clock, UTC milliseconds.
func NewCards(views Views, follower *Follower, now func() int64) *Cards {
	return &Cards{
		views: views, follower: follower, reader: hot.NewReader(follower.options.State),
		programs: newPrograms(views.Program), codes: newCodes(), now: now,
	}
}

// ForgetProgram is for whoever changed a program and wants it to be seen at once in this
// process.
func (c *Cards) ForgetProgram(orgID, programID string) { c.programs.forget(orgID, programID) }

// Hits returns how many cards were found in the hot state and how many were not.
func (c *Cards) Hits() (hits, misses int64) { return c.hits.Load(), c.misses.Load() }

// Identify returns the usable card that was scanned or typed, or loyalty.ErrNotFound, as
// Views.Identify does. Its Link is "". A number without a program may be that of several
// cards, of which the last used is meant, and phone numbers and old numbers are not kept: these
// are looked up in the database.
func (c *Cards) Identify(ctx context.Context, orgID string, h customer.Handle, programID string) (customer.View, error) {
	q := query{orgID: orgID, handle: h, programID: programID}
	switch {
	case h.Code != "":
		q.card = c.codes.card(codeKey{orgID, h.Code})
	case h.Number == "" || programID == "":
		return c.read(ctx, &q)
	}
	return c.find(ctx, &q)
}

// CardByLink returns the usable card whose page the link opens, or loyalty.ErrNotFound. A
// provisional card's view comes with the contact that is to be confirmed; it is always
// read from the database.
func (c *Cards) CardByLink(ctx context.Context, orgID, link string) (customer.View, error) {
	v, err := c.find(ctx, &query{orgID: orgID, byLink: true, link: link})
	if err == nil {
		v.Link = link
	}
	return v, err
}

// Card returns a card, whatever its status, or loyalty.ErrNotFound. It is the database's
// answer: it holds the link, which the hot state does not know.
func (c *Cards) Card(ctx context.Context, orgID, cardID string) (customer.View, error) {
	return c.views.Card(ctx, orgID, cardID)
}

// query is a question for one card: for that of a link, or that of a handle in a program
// ("" for any).
type query struct {
	orgID, programID string
	handle           customer.Handle
	link             string
	byLink           bool
	// card is the id of the card to which the handle's code led lately, if it did.
	card string
	// loaded is set when this question, and nobody else's, was put to the database.
	loaded bool
}

// alias is that of the card that is meant.
func (q *query) alias() string {
	switch {
	case q.byLink:
		return aliasOfLink(q.link)
	case q.handle.Code != "":
		return aliasOfCode(q.handle.Code)
	}
	return aliasOfNumber(q.handle.Number, q.programID)
}

// fits tells whether a card with the alias is the one that is meant.
func (q *query) fits(v *customer.View) bool {
	switch {
	case q.byLink:
		return v.Card.Status == loyalty.CardActive
	case !v.Card.Status.Usable() || q.programID != "" && v.Card.ProgramID != q.programID:
		return false
	}
	// What the database said of a code may be the card into which that of the code was
	// merged. Elsewhere it is a card whose code was replaced.
	return q.loaded || q.handle.Code == "" || q.handle.Code == v.Code
}

// read returns the database's answer.
func (c *Cards) read(ctx context.Context, q *query) (customer.View, error) {
	if !q.byLink {
		v, err := c.views.Identify(ctx, q.orgID, q.handle, q.programID)
		return shown(v), err
	}
	whole, err := c.views.CardByLink(ctx, q.orgID, q.link)
	v := shown(whole)
	if v.Card.Status == loyalty.CardProvisional {
		v.Customer.PendingPhone, v.Customer.PendingEmail = whole.Customer.PendingPhone, whole.Customer.PendingEmail
	}
	return v, err
}

// load returns the database's answer for everybody with this alias, as it is to be kept.
func (c *Cards) load(ctx context.Context, q *query) (customer.View, error) {
	switch {
	case q.byLink:
		return c.views.CardByLink(ctx, q.orgID, q.link)
	case q.handle.Code != "":
		// Others may wait for the same code in another program.
		return c.views.Identify(ctx, q.orgID, q.handle, "")
	}
	return c.views.Identify(ctx, q.orgID, q.handle, q.programID)
}

// find answers from the hot state where it is sure, and else from the database: what is
// wrong, too old or not found costs the one query that it would cost without.
func (c *Cards) find(ctx context.Context, q *query) (customer.View, error) {
	state, found, err := c.ask(ctx, q)
	var wrong *hot.InputError
	switch {
	case errors.As(err, &wrong):
		return c.read(ctx, q) // a text that no card can be found by
	case err != nil:
		return customer.View{}, err
	case !found && q.loaded:
		c.misses.Add(1)
		return customer.View{}, loyalty.ErrNotFound
	case !found || c.follower.Newer(state.CardRef, state.Version):
		// Somebody else's reading, from before the card was there or changed.
		c.misses.Add(1)
		return c.read(ctx, q)
	}
	v, err := c.viewOf(ctx, state)
	if err != nil || !q.fits(&v) {
		c.misses.Add(1)
		return c.read(ctx, q)
	}
	if q.loaded {
		c.misses.Add(1)
	} else {
		c.hits.Add(1)
	}
	if code := q.handle.Code; code != "" && code == v.Code && v.Card.ID != q.card {
		c.codes.remember(codeKey{q.orgID, code}, v.Card.ID)
	}
	return v, nil
}

// ask asks the hot state for the card by its id, which is one exchange, if that is known,
// and else by the alias, which is two. What it does not know is loaded.
func (c *Cards) ask(ctx context.Context, q *query) (hot.CardState, bool, error) {
	load := func(ctx context.Context) (hot.CardState, bool, error) {
		q.loaded = true
		v, err := c.load(ctx, q)
		if errors.Is(err, loyalty.ErrNotFound) {
			return hot.CardState{}, false, nil
		}
		return stateOf(v), err == nil, err
	}
	if q.card != "" {
		return c.reader.Card(ctx, refOf(q.orgID, q.card), load)
	}
	return c.reader.Alias(ctx, q.orgID, q.alias(), load)
}

// viewOf returns the view of a state, with the program and the coupons of now.
func (c *Cards) viewOf(ctx context.Context, state hot.CardState) (customer.View, error) {
	if state.KeepRest {
		return customer.View{}, errNotOurs // a marker: too much to be kept
	}
	v, err := viewOf(state)
	if err != nil {
		return customer.View{}, err
	}
	now := c.now()
	v.Coupons = slices.DeleteFunc(v.Coupons, func(k loyalty.Coupon) bool { return !k.UsableAt(now) })
	v.Coupons = v.Coupons[:min(len(v.Coupons), customer.MaxOpenCoupons)]
	v.Program, err = c.programs.program(ctx, v.Card.OrgID, v.Card.ProgramID)
	return v, err
}
