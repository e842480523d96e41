package api

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// yardstick is a store and ledger in memory that costs nothing, so that what is
// measured is the API alone.
type yardstick struct {
	Store
	outcome loyalty.Outcome
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

func (yardstick) Start(context.Context, string, string, string, []byte, io.Reader, bool, access.Principal) (customer.Import, error) {
	return customer.Import{}, nil
}

const benchmarkBody = `{"card_id":"card_01k3sa0z2efcrstmhzda61w2vf","quantity":1,"location_id":"loc_01k3sa0z2efcrstmhzda61w2tc","external_ref":"receipt 20260301-0042"}`

func newYardstick(b *testing.B) *API {
	b.Helper()
	y := yardstick{outcome: loyalty.Outcome{
		Entry: loyalty.Entry{
			ID: "ent_01k3sa0z2efcrstmhzda61w2vp", CardID: "card_01k3sa0z2efcrstmhzda61w2vf", Kind: loyalty.EntryStamp, Quantity: 1,
			BalanceAfter: 4, At: 1_772_000_000_000, RecordedAt: 1_772_000_000_000, Day: 20260301, IdempotencyKey: "k",
			Actor: loyalty.Actor{Kind: loyalty.ActorAPIKey, ID: "key_01k3sa0z2efcrstmhzda61w2w4"}, HeadID: "ent_01k3sa0z2efcrstmhzda61w2vp",
		},
		Card: loyalty.Card{ID: "card_01k3sa0z2efcrstmhzda61w2vf", Status: loyalty.CardActive, Balance: 4, Goal: 10},
	}}
	a, err := New(Dependencies{
		Store: y, Ledger: y, Imports: y, CardURL: func(string, string) string { return "" },
		Now: func() int64 { return 1_772_000_000_000 }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func benchmarkRequest(ctx context.Context) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/v1/stamps", strings.NewReader(benchmarkBody))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "till-1:20260301-0042")
	r.Header.Set("Authorization", "Bearer lk_leimala_ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	return r
}

// BenchmarkStampHandler measures one POST /v1/stamps without the network and the
// database: all of it, and its two largest parts.
func BenchmarkStampHandler(b *testing.B) {
	a := newYardstick(b)
	e := echo.New()
	a.Register(e)
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			recorder := httptest.NewRecorder()
			e.ServeHTTP(recorder, benchmarkRequest(b.Context()))
			if recorder.Code != http.StatusCreated {
				b.Fatal(recorder.Code, recorder.Body)
			}
		}
	})
	b.Run("making the request", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = httptest.NewRecorder(), benchmarkRequest(b.Context())
		}
	})
	b.Run("validate", func(b *testing.B) {
		var stamp *operation
		for _, op := range a.operations {
			if op.id == "createStamp" {
				stamp = op
			}
		}
		r := benchmarkRequest(b.Context())
		b.ReportAllocs()
		for b.Loop() {
			r.Body = io.NopCloser(strings.NewReader(benchmarkBody))
			if err := stamp.validate(e.NewContext(r, nil)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("handle", func(b *testing.B) {
		rq := &request{principal: access.Principal{Permissions: access.TillScopes}}
		c := context.WithValue(b.Context(), requestKey{}, rq)
		h := ledgerHandlers{ledger: yardstick{}, cards: yardstick{}, directory: a.directory, now: a.now}
		card, ref := "card_01k3sa0z2efcrstmhzda61w2vf", "receipt 20260301-0042"
		body := contract.CreateStampJSONRequestBody{CardID: &card, Quantity: 1, LocationID: "loc_01k3sa0z2efcrstmhzda61w2tc", ExternalRef: &ref}
		b.ReportAllocs()
		for b.Loop() {
			response, err := h.CreateStamp(c, contract.CreateStampRequestObject{Body: &body})
			if err != nil {
				b.Fatal(err)
			}
			if err := response.VisitCreateStampResponse(httptest.NewRecorder()); err != nil {
				b.Fatal(fmt.Errorf("write: %w", err))
			}
		}
	})
}
