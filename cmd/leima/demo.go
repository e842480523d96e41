package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/skip2/go-qrcode"
	"github.com/spf13/cobra"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/demo"
	"github.com/leima/leima/store"
)

// demoFolder is the data folder of a demo that is given none: never that of a real
// shop.
const demoFolder = "demo-data"

const demoHelp = `Runs Leima with the made-up pharmacy Leimala: 300 customers and a year of what they
did. It prints the addresses to open, and writes demo.json into its data folder
(default: ` + demoFolder + `) when it is ready.

The first start makes the data up, which takes a few seconds; later ones find it
there, also after the process was killed in the middle. Delete the folder to begin
anew. The demo listens on this machine only, unless --addr says otherwise.`

func (sh *shell) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Try Leima with a made-up pharmacy",
		Long:  demoHelp,
		Args:  cobra.NoArgs,
		// A line for each request would carry the addresses out of sight.
		Annotations: map[string]string{dataSetting: demoFolder, logLevelSetting: "warn"},
		RunE:        func(c *cobra.Command, _ []string) error { return askedToStop(c.Context(), sh.demo(c.Context())) },
	}
}

func (sh *shell) demo(ctx context.Context) error {
	var notes *demoNotes
	return sh.open(ctx, opening{wallet: sh.demoWallet, locked: func() (err error) {
		notes, err = openDemoNotes(sh.settings.Data)
		return err
	}}, func(o opened) error { return sh.runDemo(ctx, o, notes) })
}

func (sh *shell) runDemo(ctx context.Context, o opened, notes *demoNotes) (err error) {
	plan, err := sh.seedDemo(ctx, o.store)
	if err != nil {
		return err
	}
	doors, err := openDoors(ctx, o.store, plan, notes.last, sh.clock)
	if err != nil {
		return err
	}
	o.demo, o.demoSlug = doors, demo.Slug
	s, err := wire(o.parts)
	if err != nil {
		return err
	}
	note, err := sh.describeDemo(ctx, o.store, plan, doors)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, notes.withdraw()) }()
	return s.run(ctx, o.listener, o.store, o.log, func() error {
		if err := notes.publish(note); err != nil {
			return err
		}
		return sh.show(note, func(w io.Writer) { sh.greet(w, note, o.listener.Addr(), o.wallet) })
	})
}

// seedDemo stores the demo's data unless it is there, and says how far it is.
func (sh *shell) seedDemo(ctx context.Context, st *store.Store) (demo.Plan, error) {
	began := sh.now()
	var progress func(done, total int)
	if !sh.json && isTerminal(sh.err) {
		bar := sh.newBar("making up a year of Leimala", "events", 0)
		progress = func(done, total int) {
			bar.ChangeMax(total)
			_ = bar.Set(done) // a bar for a person
		}
		defer fmt.Fprintln(sh.err)
	} else {
		told := 0
		progress = func(done, total int) {
			// A line for each tenth: enough to see that something happens.
			if tenth := done * 10 / total; tenth > told {
				told = tenth
				fmt.Fprintf(sh.err, "making up a year of Leimala: %d of %d\n", done, total)
			}
		}
	}
	s := seeder{store: st, now: sh.now, progress: progress}
	plan, fresh, err := s.seed(ctx)
	if err == nil && fresh {
		fmt.Fprintf(sh.err, "%d customers with %d events are there after %.1f seconds.\n",
			len(plan.Joins), len(plan.Events), sh.now().Sub(began).Seconds())
	}
	return plan, err
}

// describeDemo collects what demo.json tells.
func (sh *shell) describeDemo(ctx context.Context, st *store.Store, plan demo.Plan, doors *demoDoors) (demoNote, error) {
	o, p := plan.Organization, plan.Program
	card, err := showcase(ctx, st, plan)
	if err != nil {
		return demoNote{}, err
	}
	pages := sh.links()
	note := demoNote{
		BaseURL: pages.base, OrgID: o.ID, Slug: o.Slug, ProgramID: p.ID, LocationID: plan.Locations[0].ID,
		APIKey: doors.apiKey, TillToken: doors.tillToken,
		JoinURL: pages.join(o.Slug, p.ID), TillURL: pages.demoTill(),
		PosterURL: pages.poster(o.Slug, p.ID), StaffURL: pages.demoStaff(),
		PIN: demo.PIN, PID: os.Getpid(), StartedAt: sh.now().UTC().Format(time.RFC3339),
	}
	if card.Card.ID != "" {
		note.CardURL, note.CardID, note.CardCode, note.CustomerNumber = pages.card(o.Slug, card.Link), card.Card.ID, card.Code, card.Customer.Number
	}
	return note, nil
}

// showcase finds the card that the plan wants to be looked at; if its customer was
// changed since, any card will do. The zero View is for a demo whose customers were
// removed.
func showcase(ctx context.Context, st *store.Store, plan demo.Plan) (customer.View, error) {
	j := plan.Joins[plan.Showcase]
	query := j.Email
	if query == "" {
		query = j.Phone
	}
	found, err := st.Customers(ctx, plan.Organization.ID, query, firstOne)
	if err != nil {
		return customer.View{}, fmt.Errorf("find a card to show: %w", err)
	}
	for _, c := range found.Items {
		views, err := st.CustomerCards(ctx, plan.Organization.ID, c.ID)
		if err != nil {
			return customer.View{}, fmt.Errorf("find a card to show: %w", err)
		}
		for _, v := range views {
			if v.Card.Status.Usable() {
				return v, nil
			}
		}
	}
	cards, err := st.Cards(ctx, plan.Organization.ID, plan.Program.ID, firstOne)
	if err != nil {
		return customer.View{}, fmt.Errorf("find a card to show: %w", err)
	}
	if len(cards.Items) == 0 {
		return customer.View{}, nil
	}
	return cards.Items[0], nil
}

// greet tells a person where to go.
func (sh *shell) greet(w io.Writer, n demoNote, addr net.Addr, passes *wallet) {
	fmt.Fprintf(w, `
Leimala is open. Everything in it is made up.

  Join as a customer   %s
  A customer's card    %s
  Stand at the till    %s
  Poster to print      %s
  Be the owner         %s

  PIN of the cashiers  %s
  API key and more     %s
`, n.JoinURL, cmp.Or(n.CardURL, "(none: its customers were removed)"), n.TillURL, n.PosterURL, n.StaffURL, n.PIN, demoNotePath(sh.settings.Data))
	if code, err := qrcode.New(n.JoinURL, qrcode.Low); err == nil {
		fmt.Fprintf(w, "\nThe join page, for a phone that reaches this machine:\n%s", code.ToSmallString(false))
	}
	if passes.madeUp {
		fmt.Fprintln(w, "Passes for Apple Wallet are signed by a made-up authority: they can be looked at, but no phone accepts them.")
	}
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		fmt.Fprintln(w, "It listens on this machine only. To try it with a phone: --addr :8080 --base-url http://THIS-MACHINE:8080")
	} else {
		fmt.Fprintln(w, "It can be reached from the network, with a PIN that everybody knows: for trying out only.")
	}
	fmt.Fprintln(w, "Ctrl-C stops it.")
}
