package proof

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/chaos/record"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

// shop is a database with a history, and the record of the till that made it.
type shop struct {
	path, orgID string
	history     *record.History
	programs    Programs
	// stamped is the head of a plain stamp that was acknowledged.
	stamped loyalty.Entry
}

// open makes a shop whose till gave so many commands.
func openShop(t *testing.T, commands int) shop {
	t.Helper()
	ctx, folder := t.Context(), t.TempDir()
	s := shop{path: filepath.Join(folder, "leima.db"), orgID: typeid.New("org")}
	db, err := store.Open(ctx, store.Config{URL: urlOf(s.path)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	now := time.Now().UnixMilli()
	p := loyalty.Program{
		OrgID: s.orgID, ID: typeid.New("prog"), Name: loyalty.Text{"en": "Stamps"}, Status: loyalty.ProgramActive, Version: 1, Goal: 4, CreatedAt: now,
		Rewards: []loyalty.Reward{{ID: typeid.New("rew"), Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Gift"}, ValidFor: loyalty.Period{Months: 1}}},
	}
	for _, err := range []error{
		db.Migrate(ctx),
		db.CreateOrganization(ctx, organization.Organization{
			ID: s.orgID, Slug: "shop", Name: "Shop", Country: "FI", Locale: "en", Zone: "Europe/Helsinki",
			Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: now,
		}),
		db.CreateProgram(ctx, p),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s.programs = func(id string, version int64) (loyalty.Program, bool) { return p, id == p.ID && version == p.Version }
	till := keeper{t: t, db: db, orgID: s.orgID, path: filepath.Join(folder, "record")}
	for i := range 3 {
		joined, err := db.Join(ctx, customer.Join{
			OrgID: s.orgID, ProgramID: p.ID, Phone: fmt.Sprintf("+35840123456%d", i), Trusted: true, Source: customer.SourceAPI,
			Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, Zone: time.UTC, Now: now,
		})
		if err != nil {
			t.Fatal(err)
		}
		till.cards = append(till.cards, joined.View.Card.ID)
	}
	s.history, s.stamped = till.work(commands)
	return s
}

func urlOf(path string) string { return (&url.URL{Scheme: "sqlite", Path: path}).String() }

// keeper gives commands to a store and writes them down as a till does.
type keeper struct {
	t       *testing.T
	db      *store.Store
	orgID   string
	path    string
	cards   []string
	coupons []string
	entries []string
}

func (k *keeper) work(commands int) (*record.History, loyalty.Entry) {
	k.t.Helper()
	file, err := record.Create(k.path)
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r := rand.New(rand.NewPCG(1, 2))
	var stamped loyalty.Entry
	for i := range commands {
		c := k.draw(r)
		c.IdempotencyKey = fmt.Sprintf("key-%d", i)
		outcome := k.do(file, c)
		if outcome.Entry.Kind == loyalty.EntryStamp && len(outcome.Coupons) == 0 {
			stamped = outcome.Entry
		}
	}
	// One whose answer was cut, and one that never arrived.
	c := k.draw(r)
	c.IdempotencyKey = "cut"
	k.add(file, record.Event{Key: "cut", State: record.Sent, Request: requestOf(c)})
	if _, err := k.db.Apply(k.t.Context(), c); err != nil {
		k.t.Fatal(err)
	}
	k.add(file, record.Event{Key: "cut", State: record.Unknown})
	k.add(file, record.Event{Key: "never arrived", State: record.Sent, Request: requestOf(c)})
	h, err := record.Read(k.path)
	if err != nil {
		k.t.Fatal(err)
	}
	return h, stamped
}

func (k *keeper) draw(r *rand.Rand) loyalty.Command {
	now := time.Now().UnixMilli()
	c := loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: k.orgID, CardID: k.cards[r.IntN(len(k.cards))], Quantity: 1 + r.IntN(3),
		Actor: loyalty.Actor{Kind: loyalty.ActorAPIKey, ID: "key_1"}, Zone: time.UTC, BodyHash: "same", At: now, Now: now,
	}
	switch n := r.IntN(10); {
	case n < 2 && len(k.coupons) > 0:
		c.Kind, c.CardID, c.Quantity, c.CouponID = loyalty.CommandRedeem, "", 0, k.coupons[r.IntN(len(k.coupons))]
	case n < 4 && len(k.entries) > 0:
		c.Kind, c.CardID, c.Quantity, c.EntryID = loyalty.CommandReverse, "", 0, k.entries[r.IntN(len(k.entries))]
	}
	return c
}

func requestOf(c loyalty.Command) *record.Request {
	q := &record.Request{Kind: string(c.Kind), Target: c.CardID + c.CouponID + c.EntryID, Quantity: c.Quantity}
	return q
}

func (k *keeper) do(file *record.File, c loyalty.Command) loyalty.Outcome {
	k.t.Helper()
	k.add(file, record.Event{Key: c.IdempotencyKey, State: record.Sent, Request: requestOf(c)})
	outcome, err := k.db.Apply(k.t.Context(), c)
	if err != nil {
		k.t.Fatal(err)
	}
	if outcome.Refusal != nil {
		k.add(file, record.Event{Key: c.IdempotencyKey, State: record.Refused})
		return outcome
	}
	for _, coupon := range outcome.Coupons {
		if coupon.Status == loyalty.CouponIssued {
			k.coupons = append(k.coupons, coupon.ID)
		}
	}
	k.entries = append(k.entries, outcome.Entry.ID)
	e := outcome.Entry
	body, err := json.Marshal(map[string]any{
		"entry": map[string]any{
			"id": e.ID, "card_id": e.CardID, "kind": e.Kind, "quantity": e.Quantity, "balance_after": e.BalanceAfter,
			"idempotency_key": e.IdempotencyKey, "reverses": e.Reverses, "coupon_id": e.CouponID,
		},
		"card": map[string]any{"id": e.CardID, "balance": outcome.Card.Balance},
	})
	if err != nil {
		k.t.Fatal(err)
	}
	k.add(file, record.Event{Key: c.IdempotencyKey, State: record.Acknowledged, Status: 201, Body: string(body)})
	return outcome
}

func (k *keeper) add(file *record.File, e record.Event) {
	k.t.Helper()
	if err := file.Add(e); err != nil {
		k.t.Fatal(err)
	}
}

// look returns all that is wrong with a database.
func (s shop) look(t *testing.T, path string) []Violation {
	t.Helper()
	l, err := Read(t.Context(), urlOf(path), []string{s.orgID})
	if err != nil {
		t.Fatal(err)
	}
	return append(Compare(s.history, l), Sound(l, s.programs)...)
}

func TestTheProofFindsNothingWhereNothingIsWrong(t *testing.T) {
	s := openShop(t, 100)
	if found := s.look(t, s.path); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	l, err := Read(t.Context(), urlOf(s.path), []string{s.orgID})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[loyalty.EntryKind]int{}
	for _, c := range l.Cards {
		for _, e := range c.Entries {
			kinds[e.Kind]++
		}
	}
	for _, kind := range []loyalty.EntryKind{loyalty.EntryStamp, loyalty.EntryReward, loyalty.EntryRedeem, loyalty.EntryReversal} {
		if kinds[kind] == 0 {
			t.Errorf("the history has no %s: it proves little", kind)
		}
	}
}

// TestTheProofFindsWhatIsPlanted changes one thing in a copy of the database.
func TestTheProofFindsWhatIsPlanted(t *testing.T) {
	s := openShop(t, 100)
	e := s.stamped
	const copied = "INSERT INTO entry (org_id, id, card_id, program_id, kind, quantity, balance_after, card_version, rule_version, happened_at, " +
		"recorded_at, day, location_id, actor_kind, actor_id, coupon_id, reverses, head_id, idempotency_key, external_ref, reason, other_card_id) " +
		"SELECT org_id, 'ent_planted', card_id, program_id, kind, quantity, balance_after, card_version + $3, rule_version, happened_at, " +
		"recorded_at, day, location_id, actor_kind, actor_id, coupon_id, reverses, 'ent_planted', $2, external_ref, reason, other_card_id " +
		"FROM entry WHERE id = $1"
	const later = 1_000_000 // card versions after all others
	for name, c := range map[string]struct {
		query string
		args  []any
		want  []Fault
	}{
		"lost":                  {"DELETE FROM entry WHERE id = $1", []any{e.ID}, []Fault{Lost, Unsound}},
		"doubled":               {copied, []any{e.ID, e.IdempotencyKey, later}, []Fault{Doubled, Unsound}},
		"invented":              {copied, []any{e.ID, "nobody's", later}, []Fault{Invented, Unsound}},
		"without a key":         {copied, []any{e.ID, "", later}, []Fault{Invented, Unsound}},
		"another number":        {"UPDATE entry SET quantity = quantity + 1 WHERE id = $1", []any{e.ID}, []Fault{Differs, Differs, Unsound}},
		"on another card":       {"UPDATE entry SET card_id = (SELECT id FROM card WHERE id <> card_id LIMIT 1) WHERE id = $1", []any{e.ID}, []Fault{Differs, Differs, Unsound, Unsound}},
		"a balance too high":    {"UPDATE card SET balance = balance + 1 WHERE id = $1", []any{e.CardID}, []Fault{Unsound}},
		"a card too far":        {"UPDATE card SET lifetime = lifetime + 1 WHERE id = $1", []any{e.CardID}, []Fault{Unsound}},
		"an old card":           {"UPDATE card SET version = 1 WHERE id = $1", []any{e.CardID}, []Fault{Unsound}},
		"a coupon to use again": {"UPDATE coupon SET status = 'issued', closed_by = '', closed_at = 0 WHERE id = (SELECT id FROM coupon WHERE status = 'redeemed' LIMIT 1)", nil, []Fault{Unsound}},
		"a coupon less":         {"DELETE FROM coupon WHERE id = (SELECT id FROM coupon LIMIT 1)", nil, []Fault{Unsound}},
		"a refusal carried out": {copied, []any{e.ID, s.refused(t), later}, []Fault{Invented, Unsound}},
		"a cut one carried out twice": {
			strings.Replace(copied, "'ent_planted', card_id", "'ent_planted', (SELECT card_id FROM entry WHERE idempotency_key = 'cut')", 1),
			[]any{e.ID, "cut", later},
			[]Fault{Doubled, Differs, Unsound},
		},
	} {
		t.Run(name, func(t *testing.T) {
			planted := s.copyWith(t, c.query, c.args...)
			var got []Fault
			for _, v := range s.look(t, planted) {
				got = append(got, v.Fault)
			}
			if !covers(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// covers tells whether each wanted fault was found, as often as wanted at least: a plant
// may break more than it was meant to.
func covers(got, want []Fault) bool {
	count := map[Fault]int{}
	for _, f := range got {
		count[f]++
	}
	for _, f := range want {
		count[f]--
	}
	for _, n := range count {
		if n < 0 {
			return false
		}
	}
	return len(got) > 0
}

// refused returns a key that was refused.
func (s shop) refused(t *testing.T) string {
	t.Helper()
	for _, c := range s.history.Commands {
		if c.State() == record.Refused {
			return c.Key
		}
	}
	t.Fatal("nothing was refused in the history: it proves little")
	return ""
}

// copyWith returns the path of a copy of the database in which the statement has changed
// exactly one row. The copy has none of the guards of the real one.
func (s shop) copyWith(t *testing.T, query string, args ...any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	original, err := sql.Open("sqlite", "file:"+s.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = original.Close() }()
	if _, err := original.ExecContext(t.Context(), "VACUUM INTO $1", path); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_foreign_keys=off&_synchronous=off")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	for _, index := range guards(t.Context(), t, db) {
		if _, err := db.ExecContext(t.Context(), `DROP INDEX "`+index+`"`); err != nil {
			t.Fatal(err)
		}
	}
	result, err := db.ExecContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		t.Fatalf("%d rows were changed, %v", n, err)
	}
	return path
}

func guards(ctx context.Context, t *testing.T, db *sql.DB) (names []string) {
	t.Helper()
	rows, err := db.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('entry', 'coupon') AND sql IS NOT NULL")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

// What two answers say under one key must be the same, and only one may be the first.
func TestAnswersToOneKeyMustAgree(t *testing.T) {
	body := `{"entry":{"id":"ent_1","card_id":"card_1","kind":"stamp","quantity":1,"balance_after":1,"idempotency_key":"k"},"card":{"id":"card_1","balance":1}}`
	head := loyalty.Entry{ID: "ent_1", CardID: "card_1", Kind: loyalty.EntryStamp, Quantity: 1, BalanceAfter: 1, IdempotencyKey: "k"}
	first, again := record.Answer{Body: body}, record.Answer{Body: body, Replayed: true}
	for name, c := range map[string]struct {
		answers []record.Answer
		want    []Fault
	}{
		"once":                {[]record.Answer{first}, nil},
		"asked again":         {[]record.Answer{first, again, again}, nil},
		"the first was cut":   {[]record.Answer{again}, nil},
		"two firsts":          {[]record.Answer{first, first}, []Fault{Doubled}},
		"another answer":      {[]record.Answer{first, {Body: body + " ", Replayed: true}}, []Fault{Differs}},
		"of another entry":    {[]record.Answer{{Body: strings.Replace(body, "ent_1", "ent_2", 1)}}, []Fault{Differs}},
		"with other balance":  {[]record.Answer{{Body: strings.Replace(body, `"balance":1`, `"balance":2`, 1)}}, []Fault{Differs}},
		"that cannot be read": {[]record.Answer{{Body: "OK"}}, []Fault{Differs}},
	} {
		t.Run(name, func(t *testing.T) {
			got := command(&record.Command{
				Name: record.Name{Key: "k"}, Request: record.Request{Kind: "stamp", Target: "card_1", Quantity: 1}, Attempts: 3, Answers: c.answers,
			}, []loyalty.Entry{head})
			var faults []Fault
			for _, v := range got {
				faults = append(faults, v.Fault)
			}
			if diff := cmp.Diff(c.want, faults); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
