package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
	// NotProved counts cards whose ledger is too long to be read, NotSeen those of which
	// nobody could see what is shown, CellsNotSeen the live totals of that kind.
	NotProved, NotSeen, CellsNotSeen int64
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

What could not be looked at is counted by itself, and is neither right nor wrong: cards
with too long a ledger, and what servers show while Redis does not answer. Then the exit
code is 4. After Ctrl-C it is 130, and the message says how to go on.

Without --redis every server keeps what it shows in its own memory, which cannot be seen
from here. When the ledger was proved all of them are told to forget it, and read it from
the database anew; so nothing is left to be looked at, and the exit code is 0.`

// rebuildScope says what is gone through.
type rebuildScope struct {
	// org is the slug of the only organization, fromOrg that of the first of all; at most
	// one is set. from is a card of that one, after which to begin.
	org, fromOrg, from string
	// flags are the other ones that were given, to be given again.
	flags string
}

func (sh *shell) rebuildCommand() *cobra.Command {
	var scope rebuildScope
	c := &cobra.Command{
		Use:   "rebuild",
		Short: "Prove the ledger, and compute anew what is shown",
		Long:  rebuildHelp,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			scope.flags = givenSettings(c)
			return sh.withStore(c.Context(), func(st *store.Store) error {
				return sh.rebuild(c.Context(), st, scope)
			})
		},
	}
	c.Flags().StringVar(&scope.org, "org", "", "slug of the organization (default: all of them)")
	c.Flags().StringVar(&scope.fromOrg, "from-org", "", "slug of the organization to begin with; those after it follow")
	c.Flags().StringVar(&scope.from, "from", "", "go on after the card with this id, of the organization of --org or --from-org")
	c.MarkFlagsMutuallyExclusive("org", "from-org")
	return c
}

func (sh *shell) rebuild(ctx context.Context, st *store.Store, scope rebuildScope) error {
	organizations, err := scope.organizations(ctx, st)
	if err != nil {
		return err
	}
	r, done, err := sh.newRebuilder(ctx, st)
	if err != nil {
		return err
	}
	summary, err := sh.rebuildAll(ctx, r, organizations, scope)
	err = errors.Join(err, done())
	summary.NotLookedAt.inMemory = sh.settings.Redis == ""
	if err == nil && summary.NotLookedAt.inMemory {
		err = sh.tellServers(ctx, st)
		summary.NotLookedAt.Forgotten = err == nil
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
	case summary.NotLookedAt.anything():
		return silent(exitPartly)
	}
	return nil
}

// organizations returns those to rebuild, in the order in which they are gone through.
func (x rebuildScope) organizations(ctx context.Context, st *store.Store) ([]organization.Organization, error) {
	if x.org != "" || x.fromOrg == "" && x.from != "" {
		one, err := findOrganization(ctx, st, x.org)
		return []organization.Organization{one}, err
	}
	all, err := st.Organizations(ctx)
	if err != nil {
		return nil, fmt.Errorf("read organizations: %w", err)
	}
	if x.fromOrg == "" {
		return all, nil
	}
	first, err := findOrganization(ctx, st, x.fromOrg)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(o organization.Organization) bool { return o.ID == first.ID })
	if at < 0 { // made a moment ago
		return []organization.Organization{first}, nil
	}
	return all[at:], nil
}

// wayOn returns where and how to go on after the card of the organization.
func (x rebuildScope) wayOn(slug, from string) *goOn {
	command := "leima rebuild" + x.flags + " --from-org " + slug
	if x.org != "" {
		command = "leima rebuild" + x.flags + " --org " + slug
	}
	if from != "" {
		command += " --from " + from
	}
	return &goOn{Org: slug, From: from, Command: command}
}

// givenSettings returns the settings that were given as flags, as they are written again.
// Passwords are crossed out.
func givenSettings(c *cobra.Command) string {
	var b strings.Builder
	c.Flags().Visit(func(f *pflag.Flag) {
		value, known := f.Value.String(), f.Name == "json" || strings.HasSuffix(f.Name, fileSuffix)
		for _, d := range definitions {
			if d.name == f.Name {
				value, known = d.redacted(value), true
			}
		}
		if known {
			fmt.Fprintf(&b, " --%s=%s", f.Name, quoted(value))
		}
	})
	return b.String()
}

// quoted returns the text as a shell takes it for one word.
func quoted(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-"
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
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
	NotLookedAt notLookedAt `json:"not_looked_at"`
	// Found names the first of each kind.
	Found   []foundDrift `json:"found"`
	Seconds float64      `json:"seconds"`
	// GoOn is where to go on if not all was done.
	GoOn *goOn `json:"go_on,omitempty"`
}

// notLookedAt counts what is neither right nor wrong, because nobody could look.
type notLookedAt struct {
	// Ledger counts cards with too long a ledger, Shown cards of which nobody could see what
	// servers show, Totals live totals of that kind.
	Ledger int64 `json:"ledger"`
	Shown  int64 `json:"shown"`
	Totals int64 `json:"totals"`
	// Forgotten tells that servers keep in memory what they show, and were told to forget it.
	Forgotten bool `json:"forgotten"`
	inMemory  bool
}

// anything tells whether something remains to be looked at.
func (n notLookedAt) anything() bool {
	return n.Ledger > 0 || n.Shown+n.Totals > 0 && !n.Forgotten
}

// words say why, and the way out.
func (n notLookedAt) words() (why, wayOut string) {
	switch {
	case n.Shown+n.Totals == 0:
		return "", ""
	case n.Forgotten:
		return "(the memory of a server cannot be seen from here)",
			"Without --redis each server keeps what it shows in its own memory. All of them were told to forget it,\n" +
				"and read it from the database anew; each night they compare a part themselves."
	case n.inMemory:
		return "(the memory of a server cannot be seen from here)",
			"Without --redis each server keeps what it shows in its own memory, and was not told to forget it yet.\n" +
				"“leima epoch raise” does that now."
	}
	return "(not looked at: Redis does not answer)",
		"See what “leima doctor” says of it with the same settings, and run this again when it answers. Until then\n" +
			"servers answer from the database. “leima epoch raise” makes them forget what stands in Redis."
}

type foundDrift struct {
	Org string `json:"org"`
	drift
}

type goOn struct {
	Org     string `json:"org"`
	From    string `json:"from,omitempty"`
	Command string `json:"command"`
}

func (sh *shell) rebuildAll(ctx context.Context, r rebuilder, organizations []organization.Organization, scope rebuildScope) (*rebuildSummary, error) {
	from := scope.from
	began := sh.now()
	s := &rebuildSummary{Found: []foundDrift{}}
	defer func() { s.Seconds = sh.now().Sub(began).Seconds() }()
	for _, o := range organizations {
		bar := sh.newRebuildBar(o.Slug)
		report, err := r.Rebuild(ctx, o.ID, from, bar.show)
		bar.end()
		s.add(o.Slug, report)
		if err != nil {
			s.GoOn = scope.wayOn(o.Slug, cmp.Or(report.Last, from))
			return s, fmt.Errorf("rebuild %s: %w", o.Slug, err)
		}
		s.Organizations++
		from = "" // is a card of the first
	}
	return s, nil
}

func (s *rebuildSummary) add(slug string, r rebuildReport) {
	s.Cards += r.Cards
	s.Drift.Ledger += r.Ledger
	s.Drift.Projection += r.Projection
	s.Drift.Totals += r.Totals
	s.NotLookedAt.Ledger += r.NotProved
	s.NotLookedAt.Shown += r.NotSeen
	s.NotLookedAt.Totals += r.CellsNotSeen
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
	return "Go on with “" + s.GoOn.Command + "”."
}

func (s *rebuildSummary) print(w io.Writer) {
	line := func(name string, n int64, note string) { fmt.Fprintf(w, "%-24s%12d  %s\n", name, n, note) }
	unless0 := func(name string, n int64, note string) {
		if n > 0 {
			line(name, n, note)
		}
	}
	why, wayOut := s.NotLookedAt.words()
	line("cards", s.Cards, fmt.Sprintf("in %.1f seconds", s.Seconds))
	line("not as their ledger says", s.Drift.Ledger, "(left as they are)")
	unless0("ledger not proved", s.NotLookedAt.Ledger, "(too long to be read at once)")
	line("shown wrongly", s.Drift.Projection, "(corrected)")
	unless0("not compared", s.NotLookedAt.Shown, why)
	line("live totals wrong", s.Drift.Totals, "(corrected)")
	unless0("live totals not compared", s.NotLookedAt.Totals, why)
	if wayOut != "" {
		fmt.Fprintln(w, wayOut)
	}
	for _, f := range s.Found {
		what := f.Kind
		if f.CardID != "" {
			what += " " + f.CardID
		}
		fmt.Fprintf(w, "  %s: %s: %s\n", f.Org, what, f.Detail)
	}
}
