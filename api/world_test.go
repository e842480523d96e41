package api_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

// monday is when the stories begin: a Monday morning in Helsinki.
var monday = time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC).UnixMilli()

// world is the API on a database of its own with two organizations in it.
type world struct {
	t     *testing.T
	echo  *echo.Echo
	store *store.Store
	path  string
	clock *atomic.Int64
	log   *bytes.Buffer
	// imports is what the API handed over.
	imports *importsTaken
	// totals are the live totals, kept in memory.
	totals *totalsInMemory
	// shop and other are two organizations that know nothing of each other.
	shop, other *tenant
}

// tenant is an organization with somebody in every role and something of every
// kind.
type tenant struct {
	org                        organization.Organization
	location, branch           string
	program, card, code, link  string
	customer, number           string
	coupon, entry, consentText string
	till, key, imported        string
	otherCustomer, merge       string
	review                     string
	staff                      map[string]string // ids by role
	token                      map[string]string // credentials by who holds them
}

// holders are the credentials of a tenant, by name.
var holders = []string{"owner", "manager", "marketer", "cashier", "till", "till key", "join key", "full key"}

// newWorld makes one. Each change changes what the API depends on before it is made.
func newWorld(t *testing.T, changes ...func(*api.Dependencies)) *world {
	t.Helper()
	w := &world{t: t, clock: &atomic.Int64{}, log: &bytes.Buffer{}, imports: &importsTaken{}, totals: &totalsInMemory{}}
	w.clock.Store(monday)
	w.path = filepath.Join(t.TempDir(), "leima.db")
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	s, err := store.Open(t.Context(), store.Config{URL: "sqlite://" + w.path, Now: w.clock.Load, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.store = s
	w.imports.store = s
	d := api.Dependencies{
		Store: s, Ledger: s, Imports: w.imports, Totals: w.totals, Passes: issuer(s, log), Google: googlePasses(t, s, log), Previews: pass.NewPreviewer(s), Now: w.clock.Load, Log: log,
		CardURL: func(slug, link string) string { return "https://cards.example/" + slug + "/" + link },
	}
	for _, change := range changes {
		change(&d)
	}
	a, err := api.New(d)
	if err != nil {
		t.Fatal(err)
	}
	w.echo = echo.New()
	a.Register(w.echo)
	w.shop, w.other = w.found("leimala"), w.found("rival")
	return w
}

// in is the world for a part of a story.
func (w *world) in(t *testing.T) *world {
	t.Helper()
	c := *w
	c.t = t
	return &c
}

// must panics on an error of the preparation, which fails the test.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// must2 is must for what returns two values that nobody needs.
func must2[A, B any](_ A, _ B, err error) {
	if err != nil {
		panic(err)
	}
}

func (w *world) found(slug string) *tenant { return w.foundBy(slug, w.store.CreateOrganization) }

func (w *world) foundBy(slug string, create func(context.Context, organization.Organization) error) *tenant {
	w.t.Helper()
	ctx := w.t.Context()
	o := organization.Organization{
		ID: typeid.New("org"), Slug: slug, Name: strings.ToUpper(slug), Country: "FI", Locale: "fi", Zone: "Europe/Helsinki",
		Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: monday,
	}
	x := &tenant{org: o, location: typeid.New("loc"), branch: typeid.New("loc"), staff: map[string]string{}, token: map[string]string{}}
	w.check(create(ctx, o))
	for i, id := range []string{x.location, x.branch} {
		w.check(w.store.CreateLocation(ctx, organization.Location{
			OrgID: o.ID, ID: id, Name: fmt.Sprintf("Branch %d", i+1), ExternalRef: fmt.Sprint(i + 1), Version: 1, CreatedAt: monday,
		}))
	}
	w.hire(x)
	w.fit(x)
	w.promise(x)
	return x
}

// hire adds somebody in every role, signed in.
func (w *world) hire(x *tenant) {
	ctx := w.t.Context()
	for _, role := range []organization.Role{organization.RoleOwner, organization.RoleManager, organization.RoleMarketer, organization.RoleCashier} {
		name := string(role)
		x.staff[name] = typeid.New("stf")
		w.check(w.store.CreateStaff(ctx, organization.Staff{
			OrgID: x.org.ID, ID: x.staff[name], Name: "Some " + name, Role: role, Active: true, Version: 1, CreatedAt: monday,
		}))
		link := access.NewToken(access.TokenSignIn, x.org.Slug)
		w.check(w.store.CreateSignInLink(ctx, access.SignInLink{
			OrgID: x.org.ID, StaffID: x.staff[name], TokenHash: access.Hash(link), CreatedAt: monday, ExpiresAt: monday + 600_000,
		}))
		x.token[name] = access.NewToken(access.TokenSession, x.org.Slug)
		must(w.store.ConsumeSignInLink(ctx, x.org.ID, access.Hash(link), access.Session{
			TokenHash: access.Hash(x.token[name]), CreatedAt: monday, ExpiresAt: monday + (1000 * time.Hour).Milliseconds(),
		}, monday))
	}
	w.check(w.store.SetPIN(ctx, x.org.ID, x.staff["cashier"], access.HashPIN("482915")))
}

// fit adds a till and keys.
func (w *world) fit(x *tenant) {
	ctx := w.t.Context()
	code := access.NewPairingCode(x.org.Slug)
	w.check(w.store.CreatePairingCode(ctx, access.PairingCode{
		OrgID: x.org.ID, Name: "Counter 1", LocationID: x.location, CodeHash: access.Hash(code), CreatedAt: monday, ExpiresAt: monday + 600_000,
	}))
	x.token["till"] = access.NewToken(access.TokenTill, x.org.Slug)
	till := must(w.store.PairTill(ctx, x.org.ID, access.Hash(code), access.Hash(x.token["till"]), monday))
	x.till = till.ID
	for name, scopes := range map[string]access.Set{
		"till key": access.TillScopes, "join key": access.SetOf(access.CardsJoin), "full key": access.ForRole(organization.RoleIntegration),
	} {
		x.token[name] = access.NewToken(access.TokenAPIKey, x.org.Slug)
		id := typeid.New("key")
		if name == "join key" {
			x.key = id
		}
		w.check(w.store.CreateAPIKey(ctx, access.APIKey{
			OrgID: x.org.ID, ID: id, Name: name, Scopes: scopes, Hint: access.HintOf(x.token[name]), CreatedAt: monday,
		}, access.Hash(x.token[name])))
	}
}

// promise adds a program of 10 with a customer, a card with 3 stamps, a coupon and
// an import.
func (w *world) promise(x *tenant) {
	ctx := w.t.Context()
	x.program = typeid.New("prog")
	w.check(w.store.CreateProgram(ctx, loyalty.Program{
		OrgID: x.org.ID, ID: x.program, Name: loyalty.Text{"en": "Stamp card"}, Status: loyalty.ProgramActive, Version: 1, Goal: 10,
		Rewards:   []loyalty.Reward{{ID: typeid.New("rew"), Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "5 € off"}}},
		CreatedAt: monday,
	}))
	x.consentText = typeid.New("ctxt")
	w.check(w.store.CreateConsentText(ctx, customer.ConsentText{
		OrgID: x.org.ID, ID: x.consentText, Purpose: "marketing", Channel: "sms", Version: 1, Active: true, CreatedAt: monday,
		Text: loyalty.Text{"en": "Send me offers."},
	}))
	j := must(w.store.Join(ctx, customer.Join{
		OrgID: x.org.ID, ProgramID: x.program, FirstName: "Helmi", LastName: "Korhonen", Phone: "+358401234567",
		Trusted: true, Source: customer.SourceStaff, Zone: time.UTC, Now: monday, Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
	}))
	v := j.View
	x.card, x.code, x.link, x.customer, x.number = v.Card.ID, v.Code, v.Link, v.Customer.ID, v.Customer.Number
	o := must(w.store.Apply(ctx, loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: x.org.ID, CardID: x.card, Quantity: 13, LocationID: x.location, Zone: time.UTC,
		IdempotencyKey: "preparation", BodyHash: "preparation", At: monday, Now: monday,
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
	}))
	if o.Refusal != nil {
		w.t.Fatal(o.Refusal)
	}
	x.coupon, x.entry = o.Coupons[0].ID, o.Entry.ID
	w.part(x)
	x.review = typeid.New("rev")
	must2(w.store.CreateReview(ctx, loyalty.Review{
		OrgID: x.org.ID, ID: x.review, Key: "till:1", BodyHash: "first", Kind: loyalty.CommandStamp, CardID: x.card, Quantity: 1, At: monday - 60_000,
		RecordedAt: monday, Day: 20260302, LocationID: x.location, TillID: x.till, StaffID: x.staff["cashier"], DeviceCount: 1, Refusal: "daily_limit_reached",
	}))
	x.imported = typeid.New("imp")
	w.check(w.store.CreateImport(ctx, customer.Import{
		OrgID: x.org.ID, ID: x.imported, ProgramID: x.program, FileName: "receipts.csv", Status: customer.ImportDone, CreatedAt: monday,
	}))
}

// part adds somebody else, into whom a third one was merged. Neither has a usable card.
func (w *world) part(x *tenant) {
	ctx := w.t.Context()
	var ids []string
	for _, phone := range []string{"+358401110001", "+358401110002"} {
		v := must(w.store.Join(ctx, customer.Join{
			OrgID: x.org.ID, ProgramID: x.program, FirstName: "Helmi", Phone: phone, Trusted: true, Source: customer.SourceStaff,
			Zone: time.UTC, Now: monday - 1, Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
		})).View
		w.check(w.store.RevokeCard(ctx, x.org.ID, v.Card.ID, monday))
		ids = append(ids, v.Customer.ID)
	}
	m, _, err := w.store.MergeCustomers(ctx, customer.MergeRequest{
		OrgID: x.org.ID, KeptID: ids[0], OtherID: ids[1], IdempotencyKey: "preparation of a merge", Now: monday,
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
	})
	w.check(err)
	x.otherCustomer, x.merge = ids[0], m.ID
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// call is a request as a story tells it.
type call struct {
	method, path string
	// token is the credential, "" for none.
	token string
	// body is sent as it is; header overrides what call sets by itself.
	body   string
	header map[string]string
}

// answer is what came back.
type answer struct {
	status int
	body   string
	header http.Header
}

// do sends the request, checks the answer against openapi.yaml and returns it.
func (w *world) do(c call) answer {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), c.method, c.path, strings.NewReader(c.body))
	if c.body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, value := range c.header {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	recorder := httptest.NewRecorder()
	w.echo.ServeHTTP(recorder, r)
	res := recorder.Result()
	body := must(io.ReadAll(res.Body))
	a := answer{status: res.StatusCode, body: string(body), header: res.Header}
	checkAnswer(w.t, r, a)
	return a
}

// get reads a member of the answer by its path: "entry.id", "data.0.name".
func (a answer) get(path string) any {
	var v any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		return nil
	}
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (a answer) text(path string) string {
	s, _ := a.get(path).(string)
	return s
}

// want fails the test unless the answer has the status.
func (w *world) want(a answer, status int) answer {
	w.t.Helper()
	if a.status != status {
		w.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// quiet are the tables that reading and failing to sign in may write to.
var quiet = map[string]bool{"api_key": true, "till": true, "session": true, "staff": true}

// dump is all that the database holds, apart from when credentials were used.
func (w *world) dump() string {
	w.t.Helper()
	db := must(sql.Open("sqlite", "file:"+w.path+"?mode=ro"))
	defer func() { w.check(db.Close()) }()
	var out strings.Builder
	for _, table := range w.rows(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
		if table = strings.Trim(table, "[]"); !quiet[table] {
			fmt.Fprintln(&out, table, w.rows(db, "SELECT * FROM "+table)) //nolint:unqueryvet // whatever there is
		}
	}
	return out.String()
}

// rows returns each row of the answer as a text.
func (w *world) rows(db *sql.DB, query string) (list []string) {
	w.t.Helper()
	rows, err := db.QueryContext(w.t.Context(), query)
	w.check(err)
	defer func() { _ = rows.Close() }()
	names := must(rows.Columns())
	for rows.Next() {
		values, targets := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		w.check(rows.Scan(targets...))
		list = append(list, fmt.Sprint(values))
	}
	w.check(rows.Err())
	return list
}

// importsTaken remembers what the API handed over to be imported, and keeps an
// import so that it can be followed.
type importsTaken struct {
	store             *store.Store
	fileName, mapping string
	file              string
	dryRun            bool
}

func (i *importsTaken) Start(ctx context.Context, orgID, programID, fileName string, mapping []byte, file io.Reader, dryRun bool, _ access.Principal) (customer.Import, error) {
	content, err := io.ReadAll(file)
	if err != nil {
		return customer.Import{}, err
	}
	if len(mapping) == 0 {
		return customer.Import{}, &organization.InvalidFieldError{Field: "mapping", Reason: "must not be empty"}
	}
	i.fileName, i.mapping, i.file, i.dryRun = fileName, string(mapping), string(content), dryRun
	started := customer.Import{
		OrgID: orgID, ID: typeid.New("imp"), ProgramID: programID, FileName: fileName, DryRun: dryRun,
		Status: customer.ImportQueued, CreatedAt: monday,
	}
	return started, i.store.CreateImport(ctx, started)
}

func pageOf(limit int) paging.Page { return paging.Page{Limit: limit} }
