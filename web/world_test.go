package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/google/googletest"
	"github.com/leima/leima/web"
)

// monday is when the stories begin: a Monday morning in Helsinki.
var monday = time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC).UnixMilli()

const (
	baseURL  = "https://cards.example.org"
	ownerID  = "stf_00000000000000000000000001"
	cashier  = "stf_00000000000000000000000002"
	rightPIN = "2468"
)

// pinHash is that of rightPIN; making one takes its time on purpose.
var pinHash = sync.OnceValue(func() string { return access.HashPIN(rightPIN) })

// world is the pages on a database of their own, with one pharmacy in it.
type world struct {
	t     *testing.T
	store *store.Store
	live  *hot.InProcess
	// deaf makes commits tell nobody, as those of another process do.
	deaf  atomic.Bool
	clock atomic.Int64
	// barcodes tells how codes are drawn; as QR codes if nil.
	barcodes web.Barcodes
	// passes are offered, if set.
	passes bool
	// buttons are the makers' pictures; nil is none.
	buttons *web.WalletButtons
	// google is a stand-in for Google; cards are offered there if it is set.
	google  *googletest.Server
	web     *web.Web
	echo    *echo.Echo
	log     *bytes.Buffer
	org     organization.Organization
	branch  organization.Location
	program loyalty.Program
	texts   []customer.ConsentText
}

// id makes ids that are the same in every run.
func id(prefix string, n byte) string {
	return typeid.From(prefix, uuid.UUID{0: 1, 6: 0x70, 8: 0x80, 15: n})
}

// pharmacy is the organization of the stories; options change it before it is kept.
func newWorld(t *testing.T, options ...func(*world)) *world {
	t.Helper()
	w := &world{t: t, live: &hot.InProcess{}, log: &bytes.Buffer{}}
	w.clock.Store(monday)
	w.org = organization.Organization{
		ID: id("org", 1), Slug: "leimala", Name: "Leimala", Country: "FI", Locale: "fi", Zone: "Europe/Helsinki",
		Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: monday,
	}
	w.branch = organization.Location{OrgID: w.org.ID, ID: id("loc", 1), Name: "Keskusta", Version: 1, CreatedAt: monday}
	w.program = loyalty.Program{
		OrgID: w.org.ID, ID: id("prog", 1), Name: loyalty.Text{"en": "Stamp card", "fi": "Leimakortti"},
		Status: loyalty.ProgramActive, Version: 1, Goal: 10, WelcomeStamps: 1, CreatedAt: monday,
		Rewards: []loyalty.Reward{
			{ID: id("rew", 1), Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "A hand cream", "fi": "Käsivoide"}, ValidFor: loyalty.Period{Months: 3}},
			{ID: id("rew", 2), Kind: loyalty.RewardMilestone, At: 5, Name: loyalty.Text{"en": "A lip balm", "fi": "Huulivoide"}},
			{ID: id("rew", 3), Kind: loyalty.RewardWelcome, Name: loyalty.Text{"en": "A sample bag", "fi": "Näytepussi"}},
		},
	}
	w.texts = []customer.ConsentText{
		{
			OrgID: w.org.ID, ID: id("ctxt", 1), Purpose: "marketing", Channel: "sms", Version: 1, Active: true, Position: 1, CreatedAt: monday,
			Text: loyalty.Text{"en": "Leimala may send me offers by text message.", "fi": "Leimala saa lähettää tarjouksia tekstiviestillä."},
		},
		{
			OrgID: w.org.ID, ID: id("ctxt", 2), Purpose: "marketing", Channel: "email", Version: 1, Active: true, Position: 2, CreatedAt: monday,
			Text: loyalty.Text{"en": "Leimala may send me its letter by e-mail.", "fi": "Leimala saa lähettää uutiskirjeen."},
		},
	}
	for _, o := range options {
		o(w)
	}
	w.open()
	w.fill()
	return w
}

func (w *world) open() {
	w.t.Helper()
	ctx := w.t.Context()
	st, err := store.Open(ctx, store.Config{
		URL: "sqlite://" + filepath.Join(w.t.TempDir(), "leima.db"), Now: w.clock.Load,
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
		Committed: func(c loyalty.Commit) {
			for _, card := range c.Cards {
				if !w.deaf.Load() {
					w.live.Publish(web.CardTopic(card.OrgID, card.ID))
				}
			}
		},
	})
	w.must(err)
	w.t.Cleanup(func() { _ = st.Close() })
	w.must(st.Migrate(ctx))
	w.store = st
	w.web = w.build(web.Dependencies{})
	w.t.Cleanup(w.web.Close)
	w.echo = echo.New()
	w.echo.HTTPErrorHandler = func(err error, c echo.Context) { w.web.ErrorPage(c, err) }
	w.web.Register(w.echo)
}

// build makes the pages on the world's store, where d does not say otherwise.
func (w *world) build(d web.Dependencies) *web.Web {
	w.t.Helper()
	d.Directory, d.Programs, d.Cards, d.Consents, d.Confirmations = w.store, w.store, w.store, w.store, w.store
	d.Access, d.Shop, d.Live = w.store, w.store, w.live
	d.Now, d.Log = w.clock.Load, slog.New(slog.NewTextHandler(w.log, nil))
	d.Barcodes = w.barcodes
	d.Buttons = w.buttons
	if w.passes {
		d.Passes = w.issuer()
	}
	if w.google != nil {
		d.Google = w.googlePasses()
	}
	if d.BaseURL == "" {
		d.BaseURL = baseURL
	}
	pages, err := web.New(d)
	w.must(err)
	return pages
}

func (w *world) fill() {
	w.t.Helper()
	ctx := w.t.Context()
	w.must(w.store.CreateOrganization(ctx, w.org))
	w.must(w.store.CreateLocation(ctx, w.branch))
	for _, s := range []organization.Staff{
		{ID: ownerID, Name: "Aino Omistaja", Role: organization.RoleOwner},
		{ID: cashier, Name: "Kaisa Kassa", Role: organization.RoleCashier, LocationID: w.branch.ID},
	} {
		s.OrgID, s.Active, s.Version, s.CreatedAt = w.org.ID, true, 1, monday
		w.must(w.store.CreateStaff(ctx, s))
		w.must(w.store.SetPIN(ctx, w.org.ID, s.ID, pinHash()))
	}
	w.must(w.store.CreateProgram(ctx, w.program))
	for _, t := range w.texts {
		w.must(w.store.CreateConsentText(ctx, t))
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) pass(d time.Duration) { w.clock.Add(d.Milliseconds()) }

// trusted joins a customer as a till does.
func (w *world) trusted(first, last, phone string) customer.View {
	w.t.Helper()
	return w.joinAs(customer.Join{FirstName: first, LastName: last, Phone: phone, Trusted: true, Source: customer.SourceStaff})
}

func (w *world) joinAs(j customer.Join) customer.View {
	w.t.Helper()
	j.OrgID, j.ProgramID, j.Now, j.Zone = w.org.ID, w.program.ID, w.clock.Load(), time.UTC
	j.Actor = loyalty.Actor{Kind: loyalty.ActorSystem}
	parsed, err := j.Parse(w.org.Country, locale.Known)
	w.must(err)
	joined, err := w.store.Join(w.t.Context(), parsed)
	w.must(err)
	return joined.View
}

// give stamps a card and returns what the ledger says.
func (w *world) give(card customer.View, stamps int) loyalty.Outcome {
	w.t.Helper()
	return w.apply(loyalty.Command{Kind: loyalty.CommandStamp, CardID: card.Card.ID, Quantity: stamps})
}

func (w *world) apply(c loyalty.Command) loyalty.Outcome {
	w.t.Helper()
	c.OrgID, c.LocationID, c.Zone = w.org.ID, w.branch.ID, organization.LoadZone(w.org.Zone, "")
	c.Actor = loyalty.Actor{Kind: loyalty.ActorStaff, ID: cashier}
	c.IdempotencyKey, c.At, c.Now = uuid.NewString(), w.clock.Load(), w.clock.Load()
	o, err := w.store.Apply(w.t.Context(), c)
	w.must(err)
	if o.Refusal != nil {
		w.t.Fatal(o.Refusal)
	}
	return o
}

// confirmationLink does what the job does that sends the links, and returns the
// path of the one that was asked for last.
func (w *world) confirmationLink() string {
	w.t.Helper()
	pending, err := w.store.PendingConfirmations(w.t.Context(), w.org.ID, 10)
	w.must(err)
	if len(pending) == 0 {
		w.t.Fatal("no confirmation was asked for")
	}
	token := ""
	for _, p := range pending {
		token = access.NewToken(access.TokenConfirmation, w.org.Slug)
		now := w.clock.Load()
		w.must(w.store.SentConfirmation(w.t.Context(), w.org.ID, p.ID, access.Hash(token), now, now+customer.ConfirmationLife.Milliseconds()))
	}
	return "/confirm/" + w.org.Slug + "/" + token
}

// signInLink makes a link for somebody and returns its path.
func (w *world) signInLink(staffID string) string {
	w.t.Helper()
	token, now := access.NewToken(access.TokenSignIn, w.org.Slug), w.clock.Load()
	w.must(w.store.CreateSignInLink(w.t.Context(), access.SignInLink{
		OrgID: w.org.ID, StaffID: staffID, TokenHash: access.Hash(token), CreatedAt: now, ExpiresAt: now + access.SignInLinkLife.Milliseconds(),
	}))
	return "/signin/" + w.org.Slug + "/" + token
}

// browser is a visitor who keeps cookies and follows no redirect.
type browser struct {
	w       *world
	echo    *echo.Echo
	cookies map[string]string
	headers map[string]string
}

func (w *world) browser(headers ...string) *browser {
	b := &browser{w: w, echo: w.echo, cookies: map[string]string{}, headers: map[string]string{"Sec-Fetch-Site": "same-origin"}}
	for i := 0; i+1 < len(headers); i += 2 {
		b.headers[headers[i]] = headers[i+1]
	}
	return b
}

// answer is what came back.
type answer struct {
	t       *testing.T
	Status  int
	Header  http.Header
	Body    string
	Cookies []*http.Cookie
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, nil) }

// post sends a form of pairs of names and values.
func (b *browser) post(path string, pairs ...string) answer {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func (b *browser) do(method, path string, body io.Reader) answer {
	b.w.t.Helper()
	path, _, _ = strings.Cut(path, "#") // browsers keep the fragment to themselves
	req := httptest.NewRequestWithContext(context.Background(), method, path, body)
	req.Host = "cards.example.org"
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range b.headers {
		req.Header.Set(k, v)
	}
	for k, v := range b.cookies {
		req.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	rec := httptest.NewRecorder()
	b.echo.ServeHTTP(rec, req)
	res := rec.Result()
	for _, c := range res.Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return answer{t: b.w.t, Status: res.StatusCode, Header: res.Header, Body: rec.Body.String(), Cookies: res.Cookies()}
}

// follow goes where a redirect leads.
func (b *browser) follow(a answer) answer {
	b.w.t.Helper()
	if a.Status != http.StatusSeeOther {
		b.w.t.Fatalf("status %d, want a redirect", a.Status)
	}
	return b.get(a.Header.Get("Location"))
}

func (a answer) want(status int, texts ...string) {
	a.t.Helper()
	if a.Status != status {
		a.t.Errorf("status %d, want %d", a.Status, status)
	}
	// Dates and numbers hold spaces at which no line breaks.
	body := strings.ReplaceAll(a.Body, "\u00a0", " ")
	for _, text := range texts {
		if !strings.Contains(body, text) {
			a.t.Errorf("the page does not say %q:\n%s", text, a.Body)
		}
	}
}

func (a answer) wantNot(texts ...string) {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.Body, text) {
			a.t.Errorf("the page says %q", text)
		}
	}
}

func (w *world) joinPath() string { return "/join/" + w.org.Slug + "/" + w.program.ID }

func (w *world) cardPath(v customer.View) string { return "/card/" + w.org.Slug + "/" + v.Link }

func pageOf(n int) paging.Page { return paging.Page{Limit: n} }

// confirmationLinks hands out whatever confirmations were asked for.
func (w *world) confirmationLinks() { w.confirmationLink() }

// openCoupon returns the oldest coupon of the card that can be used.
func (w *world) openCoupon(v customer.View) loyalty.Coupon {
	w.t.Helper()
	view, err := w.store.CardByLink(w.t.Context(), w.org.ID, v.Link)
	w.must(err)
	if len(view.Coupons) == 0 {
		w.t.Fatal("the card has no coupon")
	}
	return view.Coupons[0]
}

func redeem(v customer.View, c loyalty.Coupon) loyalty.Command {
	return loyalty.Command{Kind: loyalty.CommandRedeem, CardID: v.Card.ID, CouponID: c.ID}
}
