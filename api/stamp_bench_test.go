package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// yardstick is a store and ledger in memory that costs nothing, so that what is
// measured is the API alone.
type yardstick struct {
	Store
	outcome loyalty.Outcome
	view    customer.View
}

func (yardstick) OrganizationBySlug(context.Context, string) (organization.Organization, error) {
	return organization.Organization{ID: "org_01k3sa0z2efcrstmhzda61w2t5", Slug: "leimala", Zone: "Europe/Helsinki"}, nil
}

func (yardstick) Authenticate(context.Context, string, [sha256.Size]byte, int64) (access.Principal, error) {
	return access.Principal{
		OrgID: "org_01k3sa0z2efcrstmhzda61w2t5", Kind: access.KindAPIKey, ID: "key_01k3sa0z2efcrstmhzda61w2w4", Permissions: access.TillScopes,
	}, nil
}

func (yardstick) Location(context.Context, string, string) (organization.Location, error) {
	return organization.Location{}, nil
}

func (y yardstick) Apply(context.Context, loyalty.Command) (loyalty.Outcome, error) {
	return y.outcome, nil
}

func (y yardstick) Identify(context.Context, string, customer.Handle, string) (customer.View, error) {
	return y.view, nil
}

func (yardstick) CodeKey(context.Context, string) ([]byte, error) {
	return []byte("a key of 32 bytes, or about that "), nil
}

func (yardstick) Start(context.Context, string, string, string, []byte, io.Reader, bool, access.Principal) (customer.Import, error) {
	return customer.Import{}, nil
}

const stampBody = `{"card_id":"card_01k3sa0z2efcrstmhzda61w2vf","quantity":1,"location_id":"loc_01k3sa0z2efcrstmhzda61w2tc","external_ref":"receipt 20260301-0042"}`

var scanBody = `{"code":"` + loyalty.NewCode([10]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) + `","location_id":"loc_01k3sa0z2efcrstmhzda61w2tc"}`

// rotatingBody is the scan of a rotating code, which costs two keyed digests.
var rotatingBody = `{"code":"` + loyalty.RotatingCode([32]byte{}, loyalty.NewCode([10]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), 59_066_666) +
	`","location_id":"loc_01k3sa0z2efcrstmhzda61w2tc"}`

func newYardstick() yardstick {
	card := loyalty.Card{
		OrgID: "org_01k3sa0z2efcrstmhzda61w2t5", ID: "card_01k3sa0z2efcrstmhzda61w2vf", ProgramID: "prog_01k3sa0z2efcrstmhzda61w2tt",
		CustomerID: "cust_01k3sa0z2efcrstmhzda61w2v8", Status: loyalty.CardActive, Balance: 4, Goal: 10,
	}
	return yardstick{
		outcome: loyalty.Outcome{
			Entry: loyalty.Entry{
				ID: "ent_01k3sa0z2efcrstmhzda61w2vp", CardID: card.ID, ProgramID: card.ProgramID, Kind: loyalty.EntryStamp, Quantity: 1,
				BalanceAfter: 4, At: 1_772_000_000_000, RecordedAt: 1_772_000_000_000, Day: 20260301, IdempotencyKey: "till-1:20260301-0042",
				LocationID: "loc_01k3sa0z2efcrstmhzda61w2tc", ExternalRef: "receipt 20260301-0042", RuleVersion: 1,
				Actor: loyalty.Actor{Kind: loyalty.ActorAPIKey, ID: "key_01k3sa0z2efcrstmhzda61w2w4"}, HeadID: "ent_01k3sa0z2efcrstmhzda61w2vp",
			},
			Card: card,
		},
		view: customer.View{
			Card: card,
			Program: loyalty.Program{
				OrgID: card.OrgID, ID: card.ProgramID, Name: loyalty.Text{"en": "Stamp card", "fi": "Leimakortti"}, Status: loyalty.ProgramActive, Goal: 10,
				Rewards: []loyalty.Reward{{ID: "rew_01k3sa0z2efcrstmhzda61w2v1", Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "5 € off", "fi": "5 € alennus"}}},
			},
			Customer: customer.Customer{FirstName: "Helmi", LastName: "Korhonen"},
		},
	}
}

// Strip implements Previews; nobody asks for one here.
func (yardstick) Strip(context.Context, organization.Brand, organization.PassDesign, int, int) ([]byte, error) {
	return nil, errors.ErrUnsupported
}

// serve returns the API over the store and ledger, without its direct handlers if
// they are not wanted.
func serve(tb testing.TB, s Store, l loyalty.Ledger, directly bool) *echo.Echo {
	tb.Helper()
	a, err := New(Dependencies{
		Store: s, Ledger: l, Imports: yardstick{}, Previews: yardstick{}, CardURL: func(string, string) string { return "" },
		Now: func() int64 { return 1_772_000_000_000 }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		tb.Fatal(err)
	}
	for _, op := range a.operations {
		if !directly {
			op.direct = nil
		}
	}
	e := echo.New()
	a.Register(e)
	return e
}

// bare is the least that an Echo server can do with the request: parse the body and
// answer. What the API costs is what it takes longer than this.
func bare() *echo.Echo {
	type stamp struct {
		CardID     string `json:"card_id"`
		Code       string `json:"code"`
		Quantity   int    `json:"quantity"`
		LocationID string `json:"location_id"`
		Reference  string `json:"external_ref"`
	}
	type answer struct {
		CardID  string `json:"card_id"`
		Balance int    `json:"balance"`
	}
	e := echo.New()
	handle := func(c echo.Context) error {
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, MaxBody)
		var s stamp
		if err := (&echo.DefaultBinder{}).BindBody(c, &s); err != nil {
			return err
		}
		return c.JSON(http.StatusCreated, answer{CardID: s.CardID, Balance: s.Quantity})
	}
	e.POST("/v1/stamps", handle)
	e.POST("/v1/scans", handle)
	return e
}

// rewinding is a body that can be read once after each rewinding, for nothing.
type rewinding struct {
	text string
	at   int
}

func (r *rewinding) Read(p []byte) (int, error) {
	if r.at == len(r.text) {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.at:])
	r.at += n
	return n, nil
}

func (*rewinding) Close() error { return nil }

// sink is a response that is thrown away.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

// BenchmarkRequest measures requests without the network and the database, beside a
// bare Echo handler that parses the same body. allocs/op and ns/op beyond the bare
// one's are the API's.
func BenchmarkRequest(b *testing.B) {
	product, ceiling := serve(b, newYardstick(), newYardstick(), true), bare()
	asking := newYardstick()
	asking.view.Program.RedeemCode = loyalty.RedeemRotating
	rotating := serve(b, asking, asking, true)
	for _, m := range []struct {
		name   string
		e      *echo.Echo
		path   string
		body   string
		status int
	}{
		{"stamps, bare", ceiling, "/v1/stamps", stampBody, http.StatusCreated},
		{"stamps", product, "/v1/stamps", stampBody, http.StatusCreated},
		{"scans, bare", ceiling, "/v1/scans", scanBody, http.StatusCreated},
		{"scans", product, "/v1/scans", scanBody, http.StatusOK},
		{"scans of rotating codes", rotating, "/v1/scans", rotatingBody, http.StatusOK},
	} {
		b.Run(m.name, func(b *testing.B) {
			body := &rewinding{text: m.body}
			r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, m.path, body)
			r.ContentLength = int64(len(m.body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "till-1:20260301-0042")
			r.Header.Set("Authorization", "Bearer lk_leimala_ABCDEFGHIJKLMNOPQRSTUVWXYZ")
			w := &sink{}
			b.ReportAllocs()
			for b.Loop() {
				body.at, r.Body, r.ContentLength = 0, body, int64(len(m.body))
				w.header = http.Header{}
				m.e.ServeHTTP(w, r)
				if w.status != m.status {
					b.Fatal(w.status)
				}
			}
		})
	}
}
