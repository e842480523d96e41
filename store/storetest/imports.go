package storetest

import (
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

var importStories = []story{
	{"an import tells how far it is", importProgress},
	{"an import is stopped while it goes on, and once", importStops},
	{"an error file is kept in order and up to its limit", importErrors},
	{"customers and cards of an import are made once", importedCards},
	{"locations of an import are made once", importedLocations},
	{"imports at once make each customer once", importsAtOnce},
	{"an import asks which receipts were entered, and as what", importedBefore},
}

func (sh *shop) newImport() customer.Import {
	sh.t.Helper()
	m := customer.Import{
		OrgID: sh.org.ID, ID: typeid.New("imp"), ProgramID: sh.program.ID, FileName: "receipts.csv", DryRun: true,
		Status: customer.ImportQueued, BytesTotal: 1000, CreatedAt: sh.clock(),
	}
	sh.ok(sh.CreateImport(sh.ctx, m))
	return m
}

func importProgress(su *suite) {
	sh := newShop(su)
	m := sh.newImport()
	m.Status, m.BytesRead, m.StartedAt, m.FinishedAt, m.Problem = customer.ImportFailed, 500, 1, 2, "The file ends in the middle."
	m.ProblemCode = customer.ImportFileUnusable
	m.Counts = customer.ImportCounts{
		Rows: 1, RowErrors: 2, RowsDropped: 3, Receipts: 4, Stamped: 5, Replayed: 6, Refused: 7, TooSmall: 8, Stamps: 9, Coupons: 10,
		NewCustomers: 11, NewLocations: 12,
	}
	sh.ok(sh.SaveImport(sh.ctx, m))
	read, err := sh.Import(sh.ctx, sh.org.ID, m.ID)
	sh.ok(err)
	su.same("import", m, read)
	want := []customer.Import{m}
	for range 8 {
		want = append([]customer.Import{sh.newImport()}, want...)
	}
	su.same("imports", want, whole(su.t, func(p paging.Page) (paging.List[customer.Import], error) { return sh.Imports(sh.ctx, sh.org.ID, p) }))
	m.ID = typeid.New("imp")
	sh.is(sh.SaveImport(sh.ctx, m), organization.ErrNotFound)
	_, err = sh.Import(sh.ctx, sh.org.ID, m.ID)
	sh.is(err, organization.ErrNotFound)
	m.ProgramID = typeid.New("prog")
	sh.is(sh.CreateImport(sh.ctx, m), organization.ErrNotFound)
}

func importStops(su *suite) {
	sh := newShop(su)
	m := sh.newImport()
	stopped, err := sh.StopImport(sh.ctx, sh.org.ID, m.ID, 77)
	sh.ok(err)
	m.StopAskedAt = 77
	su.same("the import", m, stopped)
	stopped, err = sh.StopImport(sh.ctx, sh.org.ID, m.ID, 99)
	sh.ok(err)
	su.same("the import, asked again", m, stopped)
	su.same("one line", 1, len(sh.audit(access.AuditQuery{Action: access.ImportStopped})))
	// How far it is, kept by a process that has not looked yet, does not call it back.
	running := m
	running.Status, running.StopAskedAt = customer.ImportRunning, 0
	sh.ok(sh.SaveImport(sh.ctx, running))
	read, err := sh.Import(sh.ctx, sh.org.ID, m.ID)
	sh.ok(err)
	su.same("is still to be stopped", int64(77), read.StopAskedAt)
	done := sh.newImport()
	done.Status = customer.ImportDone
	sh.ok(sh.SaveImport(sh.ctx, done))
	_, err = sh.StopImport(sh.ctx, sh.org.ID, done.ID, 99)
	sh.is(err, customer.ErrImportEnded)
	_, err = sh.StopImport(sh.ctx, sh.org.ID, "imp_none", 99)
	sh.is(err, organization.ErrNotFound)
}

func importErrors(su *suite) {
	sh := newShop(su)
	m := sh.newImport()
	var want []customer.ImportError
	for i := range int64(3) {
		part := []customer.ImportError{
			{
				Row: 10 * i, Column: "amount", Value: "1,5x", Reason: `is not a number written with "." as decimal mark`,
				Code: "not_a_number", Params: map[string]string{"mark": ".", "of \"names\"": "ö\n"},
			},
			{Row: 10*i + 5, Reason: "a quote is opened and not closed", Code: "open_quote"},
			{Row: 10*i + 6, Reason: "of a version that had no names"},
		}
		sh.ok(sh.AddImportErrors(sh.ctx, sh.org.ID, m.ID, part))
		want = append(want, part...)
	}
	read := func() []customer.ImportError {
		return whole(su.t, func(p paging.Page) (paging.List[customer.ImportError], error) {
			if len(want) > 100 {
				p.Limit = paging.MaxLimit
			}
			return sh.ImportErrors(sh.ctx, sh.org.ID, m.ID, p)
		})
	}
	su.same("errors", want, read())
	for len(want) < customer.MaxImportErrors+500 {
		part := make([]customer.ImportError, 500)
		sh.ok(sh.AddImportErrors(sh.ctx, sh.org.ID, m.ID, part))
		want = append(want, part...)
	}
	su.same("errors kept", customer.MaxImportErrors, len(read()))
	sh.is(sh.AddImportErrors(sh.ctx, sh.org.ID, typeid.New("imp"), want[:1]), organization.ErrNotFound)
}

func importedCards(su *suite) {
	sh := newShop(su, withWelcome)
	first, created, err := sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, []string{"7", "8", "7", ""}, sh.clock())
	sh.ok(err)
	su.same("created", 2, created)
	su.same("cards", 2, len(first))
	v := sh.card(first["7"])
	if v.Customer.ExternalRef != "7" || v.Customer.Status != customer.StatusActive || v.Card.Status != loyalty.CardActive || v.Card.Balance != 0 {
		su.t.Fatalf("have %+v", v)
	}
	again, created, err := sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, []string{"9", "8", "7"}, sh.clock())
	sh.ok(err)
	su.same("created", 1, created)
	su.same("cards", [2]string{first["7"], first["8"]}, [2]string{again["7"], again["8"]})
	other, created, err := sh.ImportedCards(sh.ctx, sh.org.ID, sh.newProgram(sh.program).ID, []string{"7"}, sh.clock())
	sh.ok(err)
	su.same("created for another program", 0, created)
	if sh.card(other["7"]).Customer.ID != v.Customer.ID || other["7"] == first["7"] {
		su.t.Fatalf("have %v", other)
	}
	sh.apply(sh.stamp(first["7"], 1))
	_, _, err = sh.ImportedCards(sh.ctx, sh.org.ID, typeid.New("prog"), []string{"7"}, sh.clock())
	sh.is(err, loyalty.ErrNotFound)
	many := make([]string, store.MaxImportRefs+1)
	for i := range many {
		many[i] = fmt.Sprint("many ", i)
	}
	if _, _, err := sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, many, sh.clock()); err == nil {
		su.t.Fatal("too many references were taken")
	}
	_, created, err = sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, many[1:], sh.clock())
	sh.ok(err)
	su.same("created", store.MaxImportRefs, created)
	none, created, err := sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, nil, sh.clock())
	sh.ok(err)
	su.same("none", 0, len(none)+created)
}

func importedBefore(su *suite) {
	sh := newShop(su)
	stamped := sh.apply(sh.stamp(sh.newCard().ID, 1)).Entry.IdempotencyKey
	elsewhere := newShop(su)
	foreign := elsewhere.apply(elsewhere.stamp(elsewhere.newCard().ID, 1)).Entry.IdempotencyKey
	used, err := sh.UsedKeys(sh.ctx, sh.org.ID, []string{stamped, foreign, "new", ""})
	sh.ok(err)
	su.same("used", map[string]string{stamped: "body"}, used)
	used, err = sh.UsedKeys(sh.ctx, sh.org.ID, nil)
	sh.ok(err)
	su.same("of none", 0, len(used))
	if _, err := sh.UsedKeys(sh.ctx, sh.org.ID, make([]string, store.MaxImportRefs+1)); err == nil {
		su.t.Fatal("too many keys were taken")
	}
}

func importedLocations(su *suite) {
	sh := newShop(su)
	first, created, err := sh.ImportedLocations(sh.ctx, sh.org.ID, []string{"367", "406", "367", ""}, sh.clock())
	sh.ok(err)
	su.same("created", 2, created)
	l, err := sh.Location(sh.ctx, sh.org.ID, first["367"].ID)
	sh.ok(err)
	su.same("location", first["367"], l)
	again, created, err := sh.ImportedLocations(sh.ctx, sh.org.ID, []string{"367", "1"}, sh.clock())
	sh.ok(err)
	su.same("created", 1, created)
	su.same("found", l, again["367"])
}

func importsAtOnce(su *suite) {
	sh := newShop(su)
	refs := make([]string, 50)
	for i := range refs {
		refs[i] = fmt.Sprint("R", i)
	}
	results := make([]map[string]string, 6)
	created := make([]int, len(results))
	atOnce(len(results), func(i int) {
		var err error
		if results[i], created[i], err = sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, refs, sh.clock()); err != nil {
			su.t.Error(err)
		}
	})
	total := 0
	for i, r := range results {
		su.same("cards", results[0], r)
		total += created[i]
	}
	su.same("created", len(refs), total)
}
