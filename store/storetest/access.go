package storetest

import (
	"errors"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

var accessStories = []story{
	{"an API key opens what its scopes say until it is revoked", apiKeys},
	{"credentials of many shops shown at once are told apart", manyCredentials},
	{"an organization has a limited number of keys", apiKeyLimit},
	{"a pairing code makes one till, once and in time", pairing},
	{"a cashier signs in at a till by PIN", tillSession},
	{"five wrong PINs lock for a quarter of an hour", pinLock},
	{"many guesses at once do not outrun the limit", pinRace},
	{"a sign-in link opens one session", signInLink},
	{"a session dies with its owner, its till, its branch and its time", sessionEnds},
	{"what has served its time is cleaned up", cleanUp},
}

func (sh *shop) authenticate(token string) (access.Principal, error) {
	return sh.Authenticate(sh.ctx, sh.org.ID, access.Hash(token), sh.clock())
}

// lets in fails the test unless the token does.
func (sh *shop) letsIn(token string) access.Principal {
	sh.t.Helper()
	p, err := sh.authenticate(token)
	sh.ok(err)
	return p
}

func (sh *shop) keepsOut(token string) {
	sh.t.Helper()
	_, err := sh.authenticate(token)
	sh.is(err, access.ErrUnauthenticated)
}

func (sh *shop) newAPIKey(token string, scopes access.Set) access.APIKey {
	sh.t.Helper()
	k := access.APIKey{
		OrgID: sh.org.ID, ID: typeid.New("key"), Name: "Web shop", Scopes: scopes, LocationID: sh.location.ID,
		Hint: access.HintOf(token), CreatedAt: sh.clock(),
	}
	sh.ok(sh.CreateAPIKey(sh.ctx, k, access.Hash(token)))
	return k
}

func apiKeys(su *suite) {
	sh := newShop(su)
	token := access.NewToken(access.TokenAPIKey, sh.org.Slug)
	k := sh.newAPIKey(token, access.TillScopes)
	su.same("principal", access.Principal{
		OrgID: sh.org.ID, Kind: access.KindAPIKey, ID: k.ID, Role: organization.RoleIntegration, Permissions: access.TillScopes,
		LocationID: sh.location.ID,
	}, sh.letsIn(token))
	k.LastUsedAt = sh.clock()
	list := whole(su.t, func(p paging.Page) (paging.List[access.APIKey], error) { return sh.APIKeys(sh.ctx, sh.org.ID, p) })
	su.same("keys", []access.APIKey{k}, list)
	sh.keepsOut(token + "x")
	sh.ok(sh.RevokeAPIKey(sh.ctx, sh.org.ID, k.ID, sh.clock()))
	sh.keepsOut(token)
	su.pass(time.Minute)
	sh.ok(sh.RevokeAPIKey(sh.ctx, sh.org.ID, k.ID, sh.clock()))
	list = whole(su.t, func(p paging.Page) (paging.List[access.APIKey], error) { return sh.APIKeys(sh.ctx, sh.org.ID, p) })
	su.same("revoked at", k.LastUsedAt, list[0].RevokedAt)
	sh.is(sh.RevokeAPIKey(sh.ctx, sh.org.ID, typeid.New("key"), sh.clock()), organization.ErrNotFound)
	k.ID, k.LocationID = typeid.New("key"), typeid.New("loc")
	sh.is(sh.CreateAPIKey(sh.ctx, k, access.Hash("another")), organization.ErrNotFound)
	// A scope that keys may not have is not given, even if it was stored.
	person := access.NewToken(access.TokenAPIKey, sh.org.Slug)
	sh.newAPIKey(person, access.SetOf(access.ScansPhone, access.ScansWrite))
	su.same("permissions", access.SetOf(access.ScansWrite), sh.letsIn(person).Permissions)
}

// manyCredentials has more of them than one question takes, so some are looked up together.
func manyCredentials(su *suite) {
	const shops, each = 10, 20
	type shown struct {
		sh    *shop
		token string
		want  access.Principal
		err   error
	}
	var all []shown
	for range shops {
		sh := newShop(su)
		till, tillToken := sh.newTill()
		at := access.Principal{
			OrgID: sh.org.ID, Kind: access.KindTill, ID: till.ID, TillID: till.ID, Permissions: access.TillPermissions, LocationID: till.LocationID,
		}
		revoked := access.NewToken(access.TokenAPIKey, sh.org.Slug)
		sh.ok(sh.RevokeAPIKey(sh.ctx, sh.org.ID, sh.newAPIKey(revoked, access.TillScopes).ID, sh.clock()))
		for range each {
			token := access.NewToken(access.TokenAPIKey, sh.org.Slug)
			k := sh.newAPIKey(token, access.TillScopes)
			all = append(all, shown{sh, token, access.Principal{
				OrgID: sh.org.ID, Kind: access.KindAPIKey, ID: k.ID, Role: organization.RoleIntegration, Permissions: access.TillScopes,
				LocationID: sh.location.ID,
			}, nil})
		}
		all = append(all, shown{sh, tillToken, at, nil}, shown{sh, tillToken, at, nil}, shown{sh, revoked, access.Principal{}, access.ErrUnauthenticated})
	}
	for i, x := range all { // each token in another shop, too, where it opens nothing
		all = append(all, shown{all[(i+each+3)%len(all)].sh, x.token, access.Principal{}, access.ErrUnauthenticated})
	}
	have, errs := make([]access.Principal, len(all)), make([]error, len(all))
	atOnce(len(all), func(i int) { have[i], errs[i] = all[i].sh.authenticate(all[i].token) })
	for i, x := range all {
		su.same("principal", x.want, have[i])
		x.sh.is(errs[i], x.err)
	}
	keys := whole(su.t, func(p paging.Page) (paging.List[access.APIKey], error) {
		return all[0].sh.APIKeys(all[0].sh.ctx, all[0].sh.org.ID, p)
	})
	for _, k := range keys {
		if used := k.LastUsedAt != 0; used != (k.RevokedAt == 0) {
			su.t.Fatalf("%s was last used at %d", k.ID, k.LastUsedAt)
		}
	}
}

func apiKeyLimit(su *suite) {
	sh := newShop(su)
	var first access.APIKey
	for i := range access.MaxKeys {
		k := sh.newAPIKey(access.NewToken(access.TokenAPIKey, sh.org.Slug), access.TillScopes)
		if i == 0 {
			first = k
		}
	}
	more := first
	more.ID = typeid.New("key")
	var invalid *organization.InvalidFieldError
	if err := sh.CreateAPIKey(sh.ctx, more, access.Hash("one more")); !errors.As(err, &invalid) {
		su.t.Fatalf("have %v", err)
	}
	sh.ok(sh.RevokeAPIKey(sh.ctx, sh.org.ID, first.ID, sh.clock()))
	sh.ok(sh.CreateAPIKey(sh.ctx, more, access.Hash("one more")))
}

// newTill pairs a till and returns it with its token.
func (sh *shop) newTill() (access.Till, string) {
	sh.t.Helper()
	code := access.NewPairingCode(sh.org.Slug)
	sh.ok(sh.CreatePairingCode(sh.ctx, access.PairingCode{
		OrgID: sh.org.ID, Name: "Till 1", LocationID: sh.location.ID, CodeHash: access.Hash(code),
		CreatedAt: sh.clock(), ExpiresAt: sh.clock() + access.PairingCodeLife.Milliseconds(),
	}))
	token := access.NewToken(access.TokenTill, sh.org.Slug)
	till, err := sh.PairTill(sh.ctx, sh.org.ID, access.Hash(code), access.Hash(token), sh.clock())
	sh.ok(err)
	_, err = sh.PairTill(sh.ctx, sh.org.ID, access.Hash(code), access.Hash("another"), sh.clock())
	sh.is(err, access.ErrUnauthenticated)
	return till, token
}

func pairing(su *suite) {
	sh := newShop(su)
	till, token := sh.newTill()
	p := sh.letsIn(token)
	if p.Kind != access.KindTill || p.ID != till.ID || p.LocationID != sh.location.ID || !p.May(access.TillSessions) || p.May(access.StampsWrite) {
		su.t.Fatalf("have %+v", p)
	}
	list := whole(su.t, func(p paging.Page) (paging.List[access.Till], error) { return sh.Tills(sh.ctx, sh.org.ID, p) })
	su.same("tills", []access.Till{till}, list)
	code := access.PairingCode{OrgID: sh.org.ID, Name: "Late", LocationID: sh.location.ID, CodeHash: access.Hash("late"), ExpiresAt: sh.clock()}
	sh.ok(sh.CreatePairingCode(sh.ctx, code))
	for _, c := range []string{"late", "unknown"} {
		_, err := sh.PairTill(sh.ctx, sh.org.ID, access.Hash(c), access.Hash("t"), sh.clock())
		sh.is(err, access.ErrUnauthenticated)
	}
	found, err := sh.Till(sh.ctx, sh.org.ID, till.ID)
	sh.ok(err)
	su.same("till", till, found)
	_, err = sh.Till(sh.ctx, sh.org.ID, typeid.New("till"))
	sh.is(err, organization.ErrNotFound)
	sh.ok(sh.RevokeTill(sh.ctx, sh.org.ID, till.ID, sh.clock()))
	sh.keepsOut(token)
	sh.is(sh.RevokeTill(sh.ctx, sh.org.ID, typeid.New("till"), sh.clock()), organization.ErrNotFound)
	code.CodeHash, code.LocationID = access.Hash("nowhere"), typeid.New("loc")
	sh.is(sh.CreatePairingCode(sh.ctx, code), organization.ErrNotFound)
}

// fakeHash stands for the hash of a PIN where none is checked.
const fakeHash = "hash of a PIN"

func tillSession(su *suite) {
	sh := newShop(su)
	till, tillToken := sh.newTill()
	sh.ok(sh.SetPIN(sh.ctx, sh.org.ID, sh.cashier.ID, access.HashPIN("4711")))
	_, _, err := access.SignInAtTill(sh.ctx, sh.Store, sh.letsIn(tillToken), sh.org.Slug, sh.cashier.ID, "0000", sh.clock())
	sh.is(err, access.ErrWrongPIN)
	_, token, err := access.SignInAtTill(sh.ctx, sh.Store, sh.letsIn(tillToken), sh.org.Slug, sh.cashier.ID, "4711", sh.clock())
	sh.ok(err)
	p := sh.letsIn(token)
	su.same("principal", access.Principal{
		OrgID: sh.org.ID, Kind: access.KindTillSession, ID: p.ID, TillID: till.ID, StaffID: sh.cashier.ID, StaffName: "Aino", Role: organization.RoleCashier,
		Permissions: access.ForRole(organization.RoleCashier), LocationID: till.LocationID, ExpiresAt: sh.clock() + access.TillSessionLife.Milliseconds(),
	}, p)
	// A PIN at a till gives nobody the power to make staff, keys or rules.
	boss := organization.Staff{
		OrgID: sh.org.ID, ID: typeid.New("stf"), Name: "Boss", Role: organization.RoleOwner, Active: true, Version: 1, CreatedAt: sh.clock(),
	}
	sh.ok(sh.CreateStaff(sh.ctx, boss))
	sh.ok(sh.SetPIN(sh.ctx, sh.org.ID, boss.ID, access.HashPIN("4712")))
	_, bossToken, err := access.SignInAtTill(sh.ctx, sh.Store, sh.letsIn(tillToken), sh.org.Slug, boss.ID, "4712", sh.clock())
	sh.ok(err)
	if b := sh.letsIn(bossToken); b.Role != organization.RoleOwner || b.Permissions != access.AtTill(b.Role) || b.May(access.StaffWrite) || !b.May(access.EntriesAdjust) {
		su.t.Fatalf("the owner at a till is %+v", b)
	}
	boss.Active = false
	_, err = sh.UpdateStaff(sh.ctx, boss, 2)
	sh.ok(err)
	sh.keepsOut(bossToken)
	sh.ok(sh.EndSession(sh.ctx, sh.org.ID, p.ID))
	sh.keepsOut(token)
	sh.ok(sh.EndSession(sh.ctx, sh.org.ID, p.ID))
	// Who has no PIN, is not active or works elsewhere cannot try.
	elsewhere := sh.newCashier("Eero")
	sh.ok(sh.SetPIN(sh.ctx, sh.org.ID, elsewhere.ID, fakeHash))
	elsewhere.LocationID = sh.newLocation("Asema").ID
	_, err = sh.UpdateStaff(sh.ctx, elsewhere, 2)
	sh.ok(err)
	for _, id := range []string{sh.newCashier("Salme").ID, elsewhere.ID, typeid.New("stf")} {
		_, _, err := sh.TakePINAttempt(sh.ctx, sh.org.ID, id, sh.location.ID, sh.clock())
		sh.is(err, access.ErrUnauthenticated)
	}
	staff, err := sh.TillStaff(sh.ctx, sh.org.ID, sh.location.ID)
	sh.ok(err)
	sh.cashier.HasPIN, sh.cashier.Version = true, 2
	su.same("staff of the till", []organization.Staff{sh.cashier}, staff)
}

func pinLock(su *suite) {
	sh := newShop(su)
	sh.ok(sh.SetPIN(sh.ctx, sh.org.ID, sh.cashier.ID, fakeHash))
	try := func() error {
		_, hash, err := sh.TakePINAttempt(sh.ctx, sh.org.ID, sh.cashier.ID, sh.location.ID, sh.clock())
		if err == nil && hash != fakeHash {
			su.t.Fatalf("hash is %q", hash)
		}
		return err
	}
	tries := func(n int) {
		sh.t.Helper()
		for range n {
			sh.ok(try())
		}
	}
	tries(access.MaxPINFailures)
	sh.is(try(), access.ErrLocked)
	su.pass(access.PINLockout - time.Millisecond)
	sh.is(try(), access.ErrLocked)
	su.pass(time.Millisecond)
	tries(access.MaxPINFailures - 1)
	// The right PIN, or a new one, forgets the wrong ones.
	sh.ok(sh.OpenTillSession(sh.ctx, access.Session{
		OrgID: sh.org.ID, Kind: access.KindTillSession, TokenHash: access.Hash("t"), StaffID: sh.cashier.ID, LocationID: sh.location.ID,
	}))
	tries(access.MaxPINFailures)
	sh.is(try(), access.ErrLocked)
	sh.ok(sh.SetPIN(sh.ctx, sh.org.ID, sh.cashier.ID, fakeHash))
	tries(1)
}

func pinRace(su *suite) {
	sh := newShop(su)
	sh.ok(sh.SetPIN(sh.ctx, sh.org.ID, sh.cashier.ID, fakeHash))
	errs := make([]error, 40)
	atOnce(len(errs), func(i int) {
		_, _, errs[i] = sh.TakePINAttempt(sh.ctx, sh.org.ID, sh.cashier.ID, sh.location.ID, sh.clock())
	})
	tried := 0
	for _, err := range errs {
		if err == nil {
			tried++
		} else {
			sh.is(err, access.ErrLocked)
		}
	}
	su.same("tried", access.MaxPINFailures, tried)
}

// signIn makes a link for the member of staff and returns the token of the session that
// it opens.
func (sh *shop) signIn(m organization.Staff) string {
	sh.t.Helper()
	link, token := access.Hash(sh.key()), sh.key()
	now := sh.clock()
	sh.ok(sh.CreateSignInLink(sh.ctx, access.SignInLink{
		OrgID: sh.org.ID, StaffID: m.ID, TokenHash: link, CreatedAt: now, ExpiresAt: now + access.SignInLinkLife.Milliseconds(),
	}))
	session := access.Session{TokenHash: access.Hash(token), CreatedAt: now, ExpiresAt: now + access.SessionLife.Milliseconds()}
	p, err := sh.ConsumeSignInLink(sh.ctx, sh.org.ID, link, session, now)
	sh.ok(err)
	_, err = sh.ConsumeSignInLink(sh.ctx, sh.org.ID, link, session, now)
	sh.is(err, access.ErrUnauthenticated)
	sh.same("principal", p, sh.letsIn(token))
	return token
}

func signInLink(su *suite) {
	sh := newShop(su)
	owner := organization.Staff{OrgID: sh.org.ID, ID: typeid.New("stf"), Name: "Olli", Role: organization.RoleOwner, Active: true}
	sh.ok(sh.CreateStaff(sh.ctx, owner))
	p := sh.letsIn(sh.signIn(owner))
	if p.Kind != access.KindSession || p.StaffID != owner.ID || p.LocationID != "" || !p.May(access.APIKeysWrite) {
		su.t.Fatalf("have %+v", p)
	}
	now := sh.clock()
	sh.is(sh.CreateSignInLink(sh.ctx, access.SignInLink{OrgID: sh.org.ID, StaffID: typeid.New("stf")}), organization.ErrNotFound)
	sh.ok(sh.CreateSignInLink(sh.ctx, access.SignInLink{OrgID: sh.org.ID, StaffID: owner.ID, TokenHash: access.Hash("late"), ExpiresAt: now}))
	_, err := sh.ConsumeSignInLink(sh.ctx, sh.org.ID, access.Hash("late"), access.Session{}, now)
	sh.is(err, access.ErrUnauthenticated)
}

func sessionEnds(su *suite) {
	sh := newShop(su)
	change := func(m organization.Staff, ver int64, f func(*organization.Staff)) {
		sh.t.Helper()
		f(&m)
		_, err := sh.UpdateStaff(sh.ctx, m, ver)
		sh.ok(err)
	}
	atTill := func(m organization.Staff, till access.Till) string {
		sh.t.Helper()
		token := sh.key()
		sh.ok(sh.OpenTillSession(sh.ctx, access.Session{
			OrgID: sh.org.ID, Kind: access.KindTillSession, TokenHash: access.Hash(token), TillID: till.ID, StaffID: m.ID,
			LocationID: till.LocationID, CreatedAt: sh.clock(), ExpiresAt: sh.clock() + access.TillSessionLife.Milliseconds(),
		}))
		sh.letsIn(token)
		return token
	}
	till, _ := sh.newTill()
	leaver := sh.newCashier("Leaver")
	browser, register := sh.signIn(leaver), atTill(leaver, till)
	change(leaver, 1, func(m *organization.Staff) { m.Active = false })
	sh.keepsOut(browser)
	sh.keepsOut(register)

	mover := sh.newCashier("Mover")
	browser, register = sh.signIn(mover), atTill(mover, till)
	other := sh.newLocation("Asema").ID
	change(mover, 1, func(m *organization.Staff) { m.LocationID = other })
	sh.keepsOut(register)
	su.same("branch", other, sh.letsIn(browser).LocationID)
	change(mover, 2, func(m *organization.Staff) { m.Role = organization.RoleMarketer })
	su.same("permissions", access.ForRole(organization.RoleMarketer), sh.letsIn(browser).Permissions)

	register = atTill(sh.cashier, till)
	sh.ok(sh.RevokeTill(sh.ctx, sh.org.ID, till.ID, sh.clock()))
	sh.keepsOut(register)

	browser = sh.signIn(sh.cashier)
	su.pass(access.SessionLife)
	sh.keepsOut(browser)
}

func cleanUp(su *suite) {
	sh := newShop(su)
	sh.newTill()
	old := sh.signIn(sh.cashier)
	sh.newCard()
	su.pass(access.SessionLife + time.Hour)
	fresh := sh.signIn(sh.cashier)
	n, err := sh.CleanUp(sh.ctx, sh.org.ID, sh.clock()-1)
	sh.ok(err)
	// A session, a sign-in link, a pairing code, and two events of the join.
	su.same("rows", int64(5), n)
	n, err = sh.CleanUp(sh.ctx, sh.org.ID, sh.clock()-1)
	sh.ok(err)
	su.same("rows left", int64(0), n)
	sh.keepsOut(old)
	sh.letsIn(fresh)
}
