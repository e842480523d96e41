package cards

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// PushToken returns where the phone that has the pass of card i is told of changes.
func (d Deck) PushToken(i int) string { return fmt.Sprintf("%064x", i) }

// CardOfPushToken returns which card a push was for, and whether there is such a card.
func (d Deck) CardOfPushToken(token string) (int, bool) {
	i, err := strconv.ParseUint(token, 16, 31)
	return int(i), err == nil && int(i) < d.Cards
}

// PassSerial returns the serial of the pass of card i, PassToken the secret in it.
func (d Deck) PassSerial(i int) string { return d.id("pass", i, ofPass) }

// PassToken returns the secret in the pass of card i.
func (d Deck) PassToken(i int) string { return d.Link(i) }

// FillPasses puts a pass of each card of the deck, which Fill has put into the database,
// on a phone of its own. The phones have fetched their passes as they are.
func FillPasses(ctx context.Context, databaseURL string, d Deck, shops []Shop, passType string) (err error) {
	db, err := openDatabase(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close(ctx)) }()
	const second = 1000
	org := func(i int) string { return shops[d.Organization(i)].OrgID }
	for _, t := range []struct {
		name    string
		columns []string
		n       int
		row     func(i int) []any
	}{
		{"pass", []string{
			"org_id", "serial", "pass_type", "card_id", "code", "token", "version", "modified_at", "tag", "card_version", "program_version", "org_version",
			"pushed_version", "pushed_at", "push_tries", "due_at", "fetched_version", "fetched_at", "created_at",
		}, d.Cards, func(i int) []any {
			at := d.JoinedAt(i)
			return []any{
				org(i), d.PassSerial(i), passType, d.CardID(i), d.Code(i), d.PassToken(i), int64(1), at / second * second, int64(i + 1), int64(1), int64(1), int64(1),
				int64(0), int64(0), int64(0), int64(0), int64(1), at, at,
			}
		}},
		{"pass_registration", []string{"org_id", "device", "serial", "push_token", "registered_at"}, d.Cards, func(i int) []any {
			return []any{org(i), "phone-" + d.PushToken(i), d.PassSerial(i), d.PushToken(i), d.JoinedAt(i)}
		}},
		{"pass_tag", []string{"org_id", "tag"}, len(shops), func(i int) []any { return []any{shops[i].OrgID, int64(d.Cards)} }},
	} {
		if err := db.add(ctx, t.name, t.columns, t.n, t.row); err != nil {
			return fmt.Errorf("add rows to %s: %w", t.name, err)
		}
	}
	return db.settle(ctx, "pass", "pass_registration")
}
