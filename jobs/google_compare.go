package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/google"
)

// How what Google has is compared with what it should have.
const (
	// CompareGoogleEvery is how often it is looked whether a comparison is due.
	CompareGoogleEvery = 10 * time.Minute
	// comparedAgain is how long after a comparison of a program the next one begins.
	comparedAgain = 24 * time.Hour
	// compareTurn is how many pages are compared before how far it is gets kept.
	compareTurn = 20
	// maxCompareTurns bounds the turns of one run for one organization.
	maxCompareTurns = 20
	// compareLease is how long a comparison is one server's: a run ends before.
	compareLease = 2 * MaxTick
	// deactivateOneIn is the share of a program's objects at Google that may be unknown here
	// and be deactivated for it, one in so many. Passes are never deleted, so more than that
	// means that this is the wrong database, an empty one or an old copy, and everybody's
	// card would vanish from the phones.
	deactivateOneIn = 20
)

// GoogleCompareStore is what CompareGoogle needs.
type GoogleCompareStore interface {
	Organizations
	// ClaimGoogleComparison returns a comparison that is due, or loyalty.ErrNotFound.
	ClaimGoogleComparison(ctx context.Context, orgID, issuerID string, before int64, lease time.Duration) (customer.GoogleComparison, error)
	NoteGoogleComparison(ctx context.Context, orgID, issuerID string, c customer.GoogleComparison, done bool) error
	GooglePasses(ctx context.Context, orgID, issuerID string, serials []string) ([]customer.GooglePass, error)
	NoteGooglePassesFound(ctx context.Context, orgID, issuerID string, at int64, found []customer.GooglePassFound) error
	MissingGooglePasses(ctx context.Context, orgID, issuerID, programID string, since int64, after string, limit int) ([]customer.GooglePass, error)
}

// ComparedGoogleCards are GoogleCards by their ids at Google.
type ComparedGoogleCards interface {
	GoogleCards
	ClassID(orgID, programID string) string
	// PassOf returns the organization and serial of a pass by its id at Google.
	PassOf(objectID string) (orgID, serial string, ok bool)
}

// GoogleCompared is what a comparison of one program found. Refused tells that it found so
// many objects that are unknown here that none of them was deactivated.
type GoogleCompared struct {
	google.Report

	Refused bool
}

// CompareGoogle compares once a day what Google has of each program with what it should
// have, because callbacks and updates get lost, and puts it right silently.
type CompareGoogle struct {
	Store    GoogleCompareStore
	Cards    ComparedGoogleCards
	Wallet   google.Wallet
	IssuerID string
	// Report is told of every comparison that ended; nil is nobody.
	Report func(GoogleCompared)
	Now    func() int64
	Log    *slog.Logger
}

// Run does what is due.
func (x CompareGoogle) Run(ctx context.Context) error {
	return each(ctx, x.Store, "compare passes at Google", func(ctx context.Context, o organization.Organization) error {
		for range maxCompareTurns {
			c, err := x.Store.ClaimGoogleComparison(ctx, o.ID, x.IssuerID, x.Now()-comparedAgain.Milliseconds(), compareLease)
			if errors.Is(err, loyalty.ErrNotFound) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("claim comparison: %w", err)
			}
			if err := x.turn(ctx, o.ID, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// compareProgress is how far a comparison is. The first round deactivates nothing and
// counts what is unknown; if that is few, a second round deactivates them.
type compareProgress struct {
	Run google.Run
	// Deactivate is set in the second round, and Allowed how many it may deactivate.
	Deactivate bool
	Allowed    int
	// First is what the first round found.
	First google.Report
}

// turn compares some pages and keeps how far it is, also when it fails.
func (x CompareGoogle) turn(ctx context.Context, orgID string, c customer.GoogleComparison) error {
	var p compareProgress
	if err := json.Unmarshal([]byte(c.Progress), &p); c.Progress != "" && err != nil {
		p = compareProgress{} // of another version: from the beginning
	}
	if p.Run.ClassID == "" {
		p.Run = google.Run{ClassID: x.Cards.ClassID(orgID, c.ProgramID), Began: time.UnixMilli(c.Began)}
	}
	at := &comparing{CompareGoogle: x, orgID: orgID, programID: c.ProgramID, progress: &p, unknown: map[string]bool{}}
	run, err := google.Reconcile(ctx, at, at, p.Run, compareTurn)
	p.Run = run
	done := false
	switch {
	case errors.Is(err, errTooManyUnknown):
		done, err = true, nil
		x.refuse(ctx, orgID, p.Run.ClassID, GoogleCompared{Report: p.First})
	case err == nil && run.Done:
		done = x.ended(ctx, orgID, &p)
	}
	text, encodeErr := json.Marshal(p)
	c.Progress = string(text)
	noteErr := x.Store.NoteGoogleComparison(context.WithoutCancel(ctx), orgID, x.IssuerID, c, done)
	if err := errors.Join(err, encodeErr, noteErr); err != nil {
		return fmt.Errorf("compare program %s: %w", c.ProgramID, err)
	}
	return nil
}

// ended reports a round that ended, and returns whether it was the last one. If a few
// objects are unknown, a round follows that deactivates them.
func (x CompareGoogle) ended(ctx context.Context, orgID string, p *compareProgress) (last bool) {
	found := GoogleCompared{Report: p.Run.Report}
	if p.Deactivate {
		found.Report = p.First
		found.Failed += p.Run.Report.Failed
	} else if unknown := found.Unknown; unknown > 0 {
		if unknown*deactivateOneIn <= found.Seen {
			p.First, p.Deactivate, p.Allowed = found.Report, true, found.Seen/deactivateOneIn
			p.Run = google.Run{ClassID: p.Run.ClassID, Began: p.Run.Began}
			return false
		}
		x.refuse(ctx, orgID, p.Run.ClassID, found)
		return true
	}
	x.report(found)
	return true
}

func (x CompareGoogle) report(found GoogleCompared) {
	if x.Report != nil {
		x.Report(found)
	}
}

// refuse says that more objects are unknown than may be deactivated.
func (x CompareGoogle) refuse(ctx context.Context, orgID, classID string, found GoogleCompared) {
	found.Refused = true
	x.report(found)
	x.Log.LogAttrs(ctx, slog.LevelError, "too many cards at Google are unknown here to deactivate them: is this the right database?",
		slog.String("org", orgID), slog.String("class", classID), slog.Int("unknown", found.Unknown), slog.Int("at_google", found.Seen))
}

// comparing is one comparison: what google.Reconcile asks, and the wallet that it changes,
// which deactivates no more than it may.
type comparing struct {
	CompareGoogle

	orgID, programID string
	progress         *compareProgress
	unknown          map[string]bool // ids of the present page
}

var (
	_ google.Books  = (*comparing)(nil)
	_ google.Wallet = (*comparing)(nil)
)

// errTooManyUnknown ends the second round when it finds more than the first did.
var errTooManyUnknown = errors.New("more cards at Google are unknown here than a moment ago")

// Objects implements google.Wallet.
func (c *comparing) Objects(ctx context.Context, classID, token string) (google.Page, error) {
	return c.Wallet.Objects(ctx, classID, token)
}

// UpsertBatch implements google.Wallet. What is unknown is left alone in the first round.
func (c *comparing) UpsertBatch(ctx context.Context, objects []google.LoyaltyObject) ([]error, error) {
	results := make([]error, len(objects))
	var wanted []google.LoyaltyObject
	var places []int
	for i, o := range objects {
		if c.unknown[o.ID] {
			if !c.progress.Deactivate {
				continue
			}
			if c.progress.Allowed--; c.progress.Allowed < 0 {
				return nil, errTooManyUnknown
			}
		}
		wanted, places = append(wanted, o), append(places, i)
	}
	if len(wanted) == 0 {
		return results, nil
	}
	sent, err := c.Wallet.UpsertBatch(ctx, wanted)
	if err != nil {
		return nil, err
	}
	for i, place := range places {
		results[place] = sent[i]
	}
	return results, nil
}

// Wanted implements google.Books.
func (c *comparing) Wanted(ctx context.Context, ids []string) (map[string]google.LoyaltyObject, error) {
	clear(c.unknown)
	serials := make([]string, 0, len(ids))
	for _, id := range ids {
		c.unknown[id] = true
		if orgID, serial, ok := c.Cards.PassOf(id); ok && orgID == c.orgID {
			serials = append(serials, serial)
		}
	}
	passes, err := c.Store.GooglePasses(ctx, c.orgID, c.IssuerID, serials)
	if err != nil {
		return nil, fmt.Errorf("read passes at Google: %w", err)
	}
	objects, err := c.objects(ctx, passes)
	wanted := make(map[string]google.LoyaltyObject, len(objects))
	for _, o := range objects {
		wanted[o.ID] = o
		delete(c.unknown, o.ID)
	}
	return wanted, err
}

func (c *comparing) objects(ctx context.Context, passes []customer.GooglePass) ([]google.LoyaltyObject, error) {
	objects := make([]google.LoyaltyObject, 0, len(passes))
	for _, p := range passes {
		o, err := c.Cards.Object(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("compare pass %s: %w", p.Serial, err)
		}
		objects = append(objects, o)
	}
	return objects, nil
}

// Found implements google.Books.
func (c *comparing) Found(ctx context.Context, at time.Time, found []google.Found) error {
	var ours []customer.GooglePassFound
	for _, f := range found {
		if _, serial, ok := c.Cards.PassOf(f.ID); ok && f.Known {
			ours = append(ours, customer.GooglePassFound{Serial: serial, Saved: f.HasUsers})
		}
	}
	if err := c.Store.NoteGooglePassesFound(ctx, c.orgID, c.IssuerID, at.UnixMilli(), ours); err != nil {
		return fmt.Errorf("note passes at Google: %w", err)
	}
	return nil
}

// Missing implements google.Books.
func (c *comparing) Missing(ctx context.Context, _ string, since time.Time, after string, limit int) ([]google.LoyaltyObject, error) {
	if after != "" {
		_, after, _ = c.Cards.PassOf(after)
	}
	passes, err := c.Store.MissingGooglePasses(ctx, c.orgID, c.IssuerID, c.programID, since.UnixMilli(), after, limit)
	if err != nil {
		return nil, fmt.Errorf("find passes that Google has not: %w", err)
	}
	return c.objects(ctx, passes)
}
