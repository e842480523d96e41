package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/leima/leima/organization"
	"github.com/leima/leima/store"
)

// maxShownDrift is how many cards of each kind of drift are named.
const maxShownDrift = 20

// rebuilder proves cards and computes anew what is shown of them, while servers run.
type rebuilder interface {
	// Rebuild looks at all cards of the organization with an id greater than after, in
	// the order of their ids, and recounts its live totals. What is shown and differs
	// from the database is corrected; what differs from the ledger is only told.
	// progress is called after every page. The report holds what was done so far, also
	// with an error; it can be gone on with after its Last.
	Rebuild(ctx context.Context, orgID, after string, progress func(done, total int64)) (rebuildReport, error)
}

// rebuildReport is what Rebuild did.
type rebuildReport struct {
	// Cards is how many were looked at, the last of them Last.
	Cards int64
	Last  string
	// Ledger counts the cards that are not what their ledger says, Projection those that
	// were shown other than they are, Totals the cells of live totals that were wrong.
	Ledger, Projection, Totals int64
	// Found names the first of each kind, maxShownDrift or more.
	Found []drift
}

// drift is one thing that was not as it should be.
type drift struct {
	Kind   string `json:"kind"`
	CardID string `json:"card_id,omitempty"`
	Detail string `json:"detail"`
}

const rebuildHelp = `Computes everything that is derived from the ledger anew, card by card, and compares:
each card and its coupons with what its entries say from the first on, what servers show
of it with the database, and live totals with a new count. Servers may run meanwhile.

What is shown wrongly is corrected. A card that is not what its ledger says is never
changed silently: it is named, the exit code is 5, and somebody has to look.

Without --redis every server keeps what it shows in its own memory, and is told to
forget it when the ledger was proved.`

func (sh *shell) rebuildCommand() *cobra.Command {
	var org, from string
	c := &cobra.Command{
		Use:   "rebuild",
		Short: "Prove the ledger, and compute anew what is shown",
		Long:  rebuildHelp,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withStore(c.Context(), func(st *store.Store) error {
				return sh.rebuild(c.Context(), st, org, from)
			})
		},
	}
	c.Flags().StringVar(&org, "org", "", "slug of the organization (default: all of them)")
	c.Flags().StringVar(&from, "from", "", "go on after the card with this id, of one organization")
	return c
}

func (sh *shell) rebuild(ctx context.Context, st *store.Store, slug, from string) error {
	organizations, err := rebuilt(ctx, st, slug, from)
	if err != nil {
		return err
	}
	r, done, err := sh.newRebuilder(ctx, st)
	if err != nil {
		return err
	}
	summary, err := sh.rebuildAll(ctx, r, organizations, from)
	err = errors.Join(err, done())
	if err == nil && sh.settings.Redis == "" {
		err = sh.tellServers(ctx, st)
	}
	if showErr := sh.show(summary, summary.print); showErr != nil {
		return showErr
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return (&exitError{code: exitInterrupted, err: errors.New("stopped before all cards were looked at")}).hint(summary.wayOn())
	case err != nil:
		return failf("the ledger could not be proved: %w", err).hint(summary.wayOn())
	case summary.Drift.Ledger > 0:
		return silent(exitDrift)
	}
	return nil
}

// rebuilt returns the organizations to rebuild.
func rebuilt(ctx context.Context, st *store.Store, slug, from string) ([]organization.Organization, error) {
	if slug == "" && from == "" {
		all, err := st.Organizations(ctx)
		if err != nil {
			return nil, fmt.Errorf("read organizations: %w", err)
		}
		return all, nil
	}
	one, err := findOrganization(ctx, st, slug)
	return []organization.Organization{one}, err
}

// rebuildSummary is the result of the command.
type rebuildSummary struct {
	Organizations int   `json:"organizations"`
	Cards         int64 `json:"cards"`
	Drift         struct {
		Ledger     int64 `json:"ledger"`
		Projection int64 `json:"projection"`
		Totals     int64 `json:"totals"`
	} `json:"drift"`
	// Found names the first of each kind.
	Found   []foundDrift `json:"found"`
	Seconds float64      `json:"seconds"`
	// GoOn is where to go on if not all was done.
	GoOn *goOn `json:"go_on,omitempty"`
}

type foundDrift struct {
	Org string `json:"org"`
	drift
}

type goOn struct {
	Org  string `json:"org"`
	From string `json:"from,omitempty"`
}

func (sh *shell) rebuildAll(ctx context.Context, r rebuilder, organizations []organization.Organization, from string) (*rebuildSummary, error) {
	began := sh.now()
	s := &rebuildSummary{Found: []foundDrift{}}
	defer func() { s.Seconds = sh.now().Sub(began).Seconds() }()
	for _, o := range organizations {
		bar := sh.newRebuildBar(o.Slug)
		report, err := r.Rebuild(ctx, o.ID, from, bar.show)
		bar.end()
		s.add(o.Slug, report)
		if err != nil {
			s.GoOn = &goOn{Org: o.Slug, From: report.Last}
			if report.Last == "" {
				s.GoOn.From = from
			}
			return s, fmt.Errorf("rebuild %s: %w", o.Slug, err)
		}
		s.Organizations++
	}
	return s, nil
}

func (s *rebuildSummary) add(slug string, r rebuildReport) {
	s.Cards += r.Cards
	s.Drift.Ledger += r.Ledger
	s.Drift.Projection += r.Projection
	s.Drift.Totals += r.Totals
	shown := map[string]int{}
	for _, f := range s.Found {
		shown[f.Kind]++
	}
	for _, d := range r.Found {
		if shown[d.Kind]++; shown[d.Kind] <= maxShownDrift {
			s.Found = append(s.Found, foundDrift{slug, d})
		}
	}
}

// wayOn says how to go on after a stop.
func (s *rebuildSummary) wayOn() string {
	if s.GoOn == nil {
		return "Run the same command again."
	}
	command := "leima rebuild --org " + s.GoOn.Org
	if s.GoOn.From != "" {
		command += " --from " + s.GoOn.From
	}
	return "Go on with “" + command + "”, and with the organizations after it."
}

func (s *rebuildSummary) print(w io.Writer) {
	line := func(name string, n int64, note string) { fmt.Fprintf(w, "%-24s%12d  %s\n", name, n, note) }
	line("cards", s.Cards, fmt.Sprintf("in %.1f seconds", s.Seconds))
	line("not as their ledger says", s.Drift.Ledger, "(left as they are)")
	line("shown wrongly", s.Drift.Projection, "(corrected)")
	line("live totals wrong", s.Drift.Totals, "(corrected)")
	for _, f := range s.Found {
		what := f.Kind
		if f.CardID != "" {
			what += " " + f.CardID
		}
		fmt.Fprintf(w, "  %s: %s: %s\n", f.Org, what, f.Detail)
	}
}

// rebuildBar shows how far a rebuild is: a bar on a terminal, a line now and then
// elsewhere, nothing with --json.
type rebuildBar struct {
	sh   *shell
	slug string
	bar  *progressbar.ProgressBar
	last time.Time
}

func (sh *shell) newRebuildBar(slug string) *rebuildBar {
	return &rebuildBar{sh: sh, slug: slug, last: sh.now()}
}

func (b *rebuildBar) show(done, total int64) {
	switch {
	case b.sh.json:
	case isTerminal(b.sh.err):
		if b.bar == nil {
			b.bar = b.sh.newBar(b.slug, "cards", total)
		}
		b.bar.ChangeMax64(max(total, done)) // cards may be added meanwhile
		_ = b.bar.Set64(done)               // a bar for a person
	default:
		if now := b.sh.now(); now.Sub(b.last) >= plainStep {
			b.last = now
			fmt.Fprintf(b.sh.err, "%s: %d of %d cards\n", b.slug, done, total)
		}
	}
}

func (b *rebuildBar) end() {
	if b.bar != nil {
		_ = b.bar.Exit() // a bar for a person
		fmt.Fprintln(b.sh.err)
	}
}
