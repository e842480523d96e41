package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/demo"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

// Names by which the demo knows its own credentials again.
const (
	demoKeyName  = "Demo"
	demoTillName = "Demo till"
)

// demoScopes are what demo.json's key may do: all that a till may, and look around.
var demoScopes = access.TillScopes | access.SetOf(
	access.OrganizationRead, access.CustomersRead, access.StaffRead, access.TillsRead, access.ImportsRead)

// demoDoors is web.Demo: it lets visitors in who have neither PIN nor link.
type demoDoors struct {
	store  *store.Store
	plan   demo.Plan
	now    func() int64
	apiKey string
	// tillToken is that of the one till of the demo; visitors share it.
	tillToken string
}

// openDoors makes sure that the demo has a key and a paired till: those of the run
// before if they still work, else new ones in their place.
func openDoors(ctx context.Context, st *store.Store, plan demo.Plan, last demoNote, now func() int64) (*demoDoors, error) {
	d := &demoDoors{store: st, plan: plan, now: now, apiKey: last.APIKey, tillToken: last.TillToken}
	if !d.works(ctx, access.TokenAPIKey, d.apiKey, access.KindAPIKey, demoScopes) {
		if err := d.renewKey(ctx); err != nil {
			return nil, fmt.Errorf("make the demo's key: %w", err)
		}
	}
	if !d.works(ctx, access.TokenTill, d.tillToken, access.KindTill, 0) {
		if err := d.renewTill(ctx); err != nil {
			return nil, fmt.Errorf("pair the demo's till: %w", err)
		}
	}
	return d, nil
}

// works reports whether the token opens what it is for.
func (d *demoDoors) works(ctx context.Context, kind access.TokenKind, token string, want access.PrincipalKind, atLeast access.Set) bool {
	if slug, err := access.TokenSlug(kind, token); err != nil || slug != d.plan.Organization.Slug {
		return false
	}
	p, err := d.store.Authenticate(ctx, d.plan.Organization.ID, access.Hash(token), d.now())
	return err == nil && p.Kind == want && p.Permissions.Includes(atLeast)
}

// renewKey revokes the demo's keys whose tokens are lost and makes a new one.
func (d *demoDoors) renewKey(ctx context.Context) error {
	orgID := d.plan.Organization.ID
	var lost []string
	err := each(func(p paging.Page) (paging.List[access.APIKey], error) { return d.store.APIKeys(ctx, orgID, p) },
		func(k access.APIKey) bool {
			if k.Name == demoKeyName && k.RevokedAt == 0 {
				lost = append(lost, k.ID)
			}
			return true
		})
	if err != nil {
		return err
	}
	for _, id := range lost {
		if err := d.store.RevokeAPIKey(ctx, orgID, id, d.now()); err != nil {
			return fmt.Errorf("revoke the key before: %w", err)
		}
	}
	_, d.apiKey, err = makeAPIKey(ctx, d.store, d.plan.Organization, access.APIKey{Name: demoKeyName, Scopes: demoScopes}, d.now())
	return err
}

// renewTill does the same for the till.
func (d *demoDoors) renewTill(ctx context.Context) error {
	o := d.plan.Organization
	var lost []string
	err := each(func(p paging.Page) (paging.List[access.Till], error) { return d.store.Tills(ctx, o.ID, p) },
		func(t access.Till) bool {
			if t.Name == demoTillName && t.RevokedAt == 0 {
				lost = append(lost, t.ID)
			}
			return true
		})
	if err != nil {
		return err
	}
	now := d.now()
	for _, id := range lost {
		if err := d.store.RevokeTill(ctx, o.ID, id, now); err != nil {
			return fmt.Errorf("revoke the till before: %w", err)
		}
	}
	code := access.NewPairingCode(o.Slug)
	err = d.store.CreatePairingCode(ctx, access.PairingCode{
		OrgID: o.ID, Name: demoTillName, LocationID: d.plan.Locations[0].ID, CodeHash: access.Hash(code),
		CreatedAt: now, ExpiresAt: now + access.PairingCodeLife.Milliseconds(),
	})
	if err != nil {
		return fmt.Errorf("keep the pairing code: %w", err)
	}
	d.tillToken = access.NewToken(access.TokenTill, o.Slug)
	if _, err := d.store.PairTill(ctx, o.ID, access.Hash(code), access.Hash(d.tillToken), now); err != nil {
		return fmt.Errorf("use the pairing code: %w", err)
	}
	return nil
}

// EnterTill is web.Demo's: the first cashier of the first location signs in at the
// demo's till.
func (d *demoDoors) EnterTill(ctx context.Context) (tillToken, sessionToken string, err error) {
	o, now := d.plan.Organization, d.now()
	till, err := d.store.Authenticate(ctx, o.ID, access.Hash(d.tillToken), now)
	if errors.Is(err, access.ErrUnauthenticated) {
		return "", "", fmt.Errorf("the demo's till was unpaired; start the demo again: %w", err)
	}
	if err != nil {
		return "", "", fmt.Errorf("find the demo's till: %w", err)
	}
	cashier := d.member(organization.RoleCashier)
	_, token, err := access.SignInAtTill(ctx, d.store, till, o.Slug, cashier.ID, demo.PIN, now)
	if err != nil {
		return "", "", fmt.Errorf("sign in at the demo's till: %w", err)
	}
	return d.tillToken, token, nil
}

// SignInOwner is web.Demo's: the owner signs in by a link that nobody sees.
func (d *demoDoors) SignInOwner(ctx context.Context) (sessionToken string, err error) {
	o, now := d.plan.Organization, d.now()
	link, token := access.NewToken(access.TokenSignIn, o.Slug), access.NewToken(access.TokenSession, o.Slug)
	err = d.store.CreateSignInLink(ctx, access.SignInLink{
		OrgID: o.ID, StaffID: d.member(organization.RoleOwner).ID, TokenHash: access.Hash(link),
		CreatedAt: now, ExpiresAt: now + access.SignInLinkLife.Milliseconds(),
	})
	if err != nil {
		return "", fmt.Errorf("make the owner's link: %w", err)
	}
	_, err = d.store.ConsumeSignInLink(ctx, o.ID, access.Hash(link), access.Session{
		OrgID: o.ID, ID: typeid.New("ses"), Kind: access.KindSession, TokenHash: access.Hash(token),
		CreatedAt: now, ExpiresAt: now + access.SessionLife.Milliseconds(),
	}, now)
	if err != nil {
		return "", fmt.Errorf("sign the owner in: %w", err)
	}
	return token, nil
}

// member returns the first of the staff in the role.
func (d *demoDoors) member(role organization.Role) organization.Staff {
	for _, m := range d.plan.Staff {
		if m.Staff.Role == role {
			return m.Staff
		}
	}
	return organization.Staff{}
}
