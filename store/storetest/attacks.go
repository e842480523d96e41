package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// attack calls a method for the thief's organization with the victim's ids and returns an
// error unless it is answered as if those did not exist.
type attack func(ctx context.Context, org string) error

// refusedWith returns an error unless err is the wanted one.
func refusedWith(want error, err error) error {
	if !errors.Is(err, want) {
		return fmt.Errorf("want %w, have %w", want, err)
	}
	return nil
}

// empty returns an error unless nothing was found, without a fault.
func empty[T any](found []T, err error) error {
	if err != nil || len(found) > 0 {
		return errors.Join(fmt.Errorf("%d were found", len(found)), err)
	}
	return nil
}

func attacks(v *victim, thief *shop) map[string]attack {
	all := map[string]attack{}
	for _, group := range []map[string]attack{
		attacksOnShop(v), attacksOnStaff(v), attacksOnAccess(v), attacksOnPrograms(v), attacksOnCustomers(v), attacksOnPeople(v), attacksOnConsents(v),
		attacksOnLedger(v, thief), attacksOnImports(v), attacksOnFollowing(v), attacksOnLists(v), attacksOnAudit(v), attacksOnReviews(v),
		attacksOnPasses(v), attacksOnGoogle(v), attacksOnSamsung(v), attacksOnPlaces(v),
	} {
		for name, a := range group {
			all[name] = a
		}
	}
	return all
}

func attacksOnShop(v *victim) map[string]attack {
	return map[string]attack{
		"Organization": func(ctx context.Context, org string) error {
			o, err := v.Organization(ctx, org)
			if err != nil || o.ID != org {
				return errors.Join(errors.New("not the own organization"), err)
			}
			return nil
		},
		"CreateOrganization": func(ctx context.Context, org string) error {
			o := v.org
			o.ID = org // which is there
			return refusedWith(organization.ErrTaken, v.CreateOrganization(ctx, o))
		},
		"CreateDemoOrganization": func(ctx context.Context, org string) error {
			o := v.org
			o.ID = org // which is there
			return refusedWith(organization.ErrTaken, v.CreateDemoOrganization(ctx, o))
		},
		"UpdateOrganization": func(ctx context.Context, org string) error {
			own, err := v.Organization(ctx, org)
			if err != nil {
				return err
			}
			o := v.org
			o.ID = org
			changed, err := v.UpdateOrganization(ctx, o, own.Version)
			if err != nil || changed.Slug == v.org.Slug {
				return errors.Join(errors.New("took the slug"), err)
			}
			return nil
		},
		"CodeKey": func(ctx context.Context, org string) error {
			victims, err := v.CodeKey(ctx, v.org.ID)
			own, err2 := v.CodeKey(ctx, org)
			if err != nil || err2 != nil || bytes.Equal(own, victims) {
				return errors.Join(errors.New("the victim's key"), err, err2)
			}
			return nil
		},
		"Logo": func(ctx context.Context, org string) error {
			_, _, err := v.Logo(ctx, org)
			return refusedWith(organization.ErrNotFound, err)
		},
		"SetLogo": func(ctx context.Context, org string) error {
			_, err := v.SetLogo(ctx, org, []byte("thief"), "image/png")
			return err
		},
		"DeleteLogo": func(ctx context.Context, org string) error {
			_, err := v.DeleteLogo(ctx, org)
			return err
		},
		"Locations": func(ctx context.Context, org string) error {
			l, err := v.Locations(ctx, org, paging.Page{})
			if err != nil || slices.ContainsFunc(l.Items, func(x organization.Location) bool { return x.OrgID != org }) {
				return errors.Join(errors.New("foreign locations"), err)
			}
			return nil
		},
		"Location": func(ctx context.Context, org string) error {
			_, err := v.Location(ctx, org, v.location.ID)
			return refusedWith(organization.ErrNotFound, err)
		},
		"CreateLocation": func(ctx context.Context, org string) error {
			return v.CreateLocation(ctx, organization.Location{OrgID: org, ID: typeid.New("loc"), Name: "thief"})
		},
		"UpdateLocation": func(ctx context.Context, org string) error {
			_, err := v.UpdateLocation(ctx, organization.Location{OrgID: org, ID: v.location.ID, Name: "thief"}, 1)
			return refusedWith(organization.ErrNotFound, err)
		},
	}
}

func attacksOnStaff(v *victim) map[string]attack {
	return map[string]attack{
		"StaffList": func(ctx context.Context, org string) error {
			l, err := v.StaffList(ctx, org, paging.Page{})
			if err != nil || slices.ContainsFunc(l.Items, func(x organization.Staff) bool { return x.OrgID != org }) {
				return errors.Join(errors.New("foreign staff"), err)
			}
			return nil
		},
		"StaffMember": func(ctx context.Context, org string) error {
			_, err := v.StaffMember(ctx, org, v.cashier.ID)
			return refusedWith(organization.ErrNotFound, err)
		},
		"CreateStaff": func(ctx context.Context, org string) error {
			m := v.cashier
			m.OrgID, m.ID, m.LocationID = org, typeid.New("stf"), v.location.ID
			return refusedWith(organization.ErrNotFound, v.CreateStaff(ctx, m))
		},
		"UpdateStaff": func(ctx context.Context, org string) error {
			m := v.cashier
			m.OrgID = org
			_, err := v.UpdateStaff(ctx, m, 2)
			return refusedWith(organization.ErrNotFound, err)
		},
		"SetPIN": func(ctx context.Context, org string) error {
			return refusedWith(organization.ErrNotFound, v.SetPIN(ctx, org, v.cashier.ID, "thief"))
		},
		"TillStaff": func(ctx context.Context, org string) error {
			return empty(v.TillStaff(ctx, org, v.location.ID))
		},
	}
}

func attacksOnAccess(v *victim) map[string]attack {
	return map[string]attack{
		"Authenticate": func(ctx context.Context, org string) error {
			for _, token := range []string{v.keyToken, v.session} {
				if _, err := v.Authenticate(ctx, org, access.Hash(token), v.clock()); !errors.Is(err, access.ErrUnauthenticated) {
					return errors.Join(errors.New("was let in"), err)
				}
			}
			return nil
		},
		"CreateAPIKey": func(ctx context.Context, org string) error {
			k := v.key
			k.OrgID, k.ID = org, typeid.New("key")
			return refusedWith(organization.ErrNotFound, v.CreateAPIKey(ctx, k, access.Hash("thief"))) // for the victim's location
		},
		"APIKeys": func(ctx context.Context, org string) error {
			l, err := v.APIKeys(ctx, org, paging.Page{})
			return empty(l.Items, err)
		},
		"RevokeAPIKey": func(ctx context.Context, org string) error {
			return refusedWith(organization.ErrNotFound, v.RevokeAPIKey(ctx, org, v.key.ID, v.clock()))
		},
		"CreatePairingCode": func(ctx context.Context, org string) error {
			return refusedWith(organization.ErrNotFound, v.CreatePairingCode(ctx, access.PairingCode{OrgID: org, LocationID: v.location.ID}))
		},
		"PairTill": func(ctx context.Context, org string) error {
			_, err := v.PairTill(ctx, org, access.Hash(v.pairing), access.Hash("thief"), v.clock())
			return refusedWith(access.ErrUnauthenticated, err)
		},
		"Tills": func(ctx context.Context, org string) error {
			l, err := v.Tills(ctx, org, paging.Page{})
			return empty(l.Items, err)
		},
		"Till": func(ctx context.Context, org string) error {
			_, err := v.Till(ctx, org, v.till.ID)
			return refusedWith(organization.ErrNotFound, err)
		},
		"RevokeTill": func(ctx context.Context, org string) error {
			return refusedWith(organization.ErrNotFound, v.RevokeTill(ctx, org, v.till.ID, v.clock()))
		},
		"TakePINAttempt": func(ctx context.Context, org string) error {
			_, _, err := v.TakePINAttempt(ctx, org, v.cashier.ID, v.location.ID, v.clock())
			return refusedWith(access.ErrUnauthenticated, err)
		},
		"OpenTillSession": func(ctx context.Context, org string) error {
			if v.OpenTillSession(ctx, access.Session{OrgID: org, StaffID: v.cashier.ID, TillID: v.till.ID, TokenHash: access.Hash("thief")}) == nil {
				return errors.New("opened a session for a foreign cashier")
			}
			return nil
		},
		"CreateSignInLink": func(ctx context.Context, org string) error {
			return refusedWith(organization.ErrNotFound, v.CreateSignInLink(ctx, access.SignInLink{OrgID: org, StaffID: v.cashier.ID}))
		},
		"ConsumeSignInLink": func(ctx context.Context, org string) error {
			link := access.SignInLink{OrgID: v.org.ID, StaffID: v.cashier.ID, TokenHash: access.Hash("link"), ExpiresAt: v.clock() + 1000}
			if err := v.CreateSignInLink(ctx, link); err != nil {
				return err
			}
			_, err := v.ConsumeSignInLink(ctx, org, link.TokenHash, access.Session{TokenHash: access.Hash("thief")}, v.clock())
			return refusedWith(access.ErrUnauthenticated, err)
		},
		"EndSession": func(ctx context.Context, org string) error { return v.EndSession(ctx, org, v.principal.ID) },
		"CleanUp": func(ctx context.Context, org string) error {
			_, err := v.CleanUp(ctx, org, v.clock()+1_000_000_000)
			return err
		},
	}
}

func attacksOnCustomers(v *victim) map[string]attack {
	id := v.view.Customer.ID
	return map[string]attack{
		"Join": func(ctx context.Context, org string) error {
			j := v.trusted(v.view.Customer.Phone)
			j.OrgID = org
			_, err := v.Join(ctx, j)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"Card": func(ctx context.Context, org string) error {
			_, err := v.Card(ctx, org, v.view.Card.ID)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"CardByLink": func(ctx context.Context, org string) error {
			_, err := v.CardByLink(ctx, org, v.view.Link)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"MovedCard": func(ctx context.Context, org string) error {
			_, err := v.MovedCard(ctx, org, v.view.Link)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"Identify": func(ctx context.Context, org string) error {
			for _, h := range []customer.Handle{{Code: v.view.Code}, {Number: v.view.Customer.Number}, {Phone: v.view.Customer.Phone}} {
				if _, err := v.Identify(ctx, org, h, ""); !errors.Is(err, loyalty.ErrNotFound) {
					return errors.Join(errors.New("found a foreign card"), err)
				}
			}
			return nil
		},
		"Cards": func(ctx context.Context, org string) error {
			l, err := v.Cards(ctx, org, "", paging.Page{})
			return empty(l.Items, err)
		},
		"DemoData": func(ctx context.Context, org string) error {
			d, err := v.DemoData(ctx, org)
			if err == nil && d.Customers != 0 {
				return errors.New("counted foreign customers")
			}
			return err
		},
		"RemoveDemoData": func(ctx context.Context, org string) error {
			_, err := v.RemoveDemoData(ctx, org, v.clock())
			return refusedWith(organization.ErrNotDemo, err)
		},
		"SetOldNumber": func(ctx context.Context, org string) error {
			return refusedWith(loyalty.ErrNotFound, v.SetOldNumber(ctx, org, v.view.Card.ID, v.plastic()))
		},
		"RevokeCard": func(ctx context.Context, org string) error {
			return refusedWith(loyalty.ErrNotFound, v.RevokeCard(ctx, org, v.view.Card.ID, v.clock()))
		},
		"Customers": func(ctx context.Context, org string) error {
			l, err := v.Customers(ctx, org, "veera", paging.Page{})
			return empty(l.Items, err)
		},
		"Customer": func(ctx context.Context, org string) error {
			_, err := v.Customer(ctx, org, id)
			return refusedWith(customer.ErrNotFound, err)
		},
		"UpdateCustomer": func(ctx context.Context, org string) error {
			c := v.view.Customer
			c.OrgID = org
			_, err := v.UpdateCustomer(ctx, c, 1)
			return refusedWith(customer.ErrNotFound, err)
		},
		"CustomerCards": func(ctx context.Context, org string) error {
			_, err := v.CustomerCards(ctx, org, id)
			return refusedWith(customer.ErrNotFound, err)
		},
	}
}

func attacksOnConsents(v *victim) map[string]attack {
	id := v.view.Customer.ID
	return map[string]attack{
		"ConsentTexts": func(ctx context.Context, org string) error { return empty(v.ConsentTexts(ctx, org)) },
		"CreateConsentText": func(ctx context.Context, org string) error {
			text := v.text
			text.OrgID, text.ID, text.Version = org, typeid.New("ctxt"), 2
			return v.CreateConsentText(ctx, text) // must not take the place of the victim's
		},
		"Consents": func(ctx context.Context, org string) error {
			_, err := v.Consents(ctx, org, id)
			return refusedWith(customer.ErrNotFound, err)
		},
		"RecordConsents": func(ctx context.Context, org string) error {
			return refusedWith(customer.ErrNotFound, v.RecordConsents(ctx, org, id, []customer.Consent{{ID: typeid.New("cons"), TextID: v.text.ID}}))
		},
		"ConsentHistory": func(ctx context.Context, org string) error {
			l, err := v.ConsentHistory(ctx, org, id, paging.Page{})
			return empty(l.Items, err)
		},
		"AddContact": func(ctx context.Context, org string) error {
			return refusedWith(customer.ErrNotFound, v.AddContact(ctx, org, v.provisional.Customer.ID, v.program.ID, "+358400000000", "", v.clock()))
		},
		"RequestConfirmation": func(ctx context.Context, org string) error {
			return refusedWith(customer.ErrNotFound, v.RequestConfirmation(ctx, org, v.provisional.Customer.ID, v.program.ID, v.clock()))
		},
		"PendingConfirmations": func(ctx context.Context, org string) error { return empty(v.PendingConfirmations(ctx, org, 10)) },
		"SentConfirmation": func(ctx context.Context, org string) error {
			return refusedWith(customer.ErrNotFound, v.SentConfirmation(ctx, org, v.request.ID, access.Hash("thief"), v.clock(), v.clock()+1000))
		},
		"ConfirmationByToken": func(ctx context.Context, org string) error {
			_, err := v.ConfirmationByToken(ctx, org, v.confirmation, v.clock())
			return refusedWith(customer.ErrNotFound, err)
		},
		"Confirm": func(ctx context.Context, org string) error {
			_, err := v.Confirm(ctx, org, v.confirmation, v.clock())
			return refusedWith(customer.ErrNotFound, err)
		},
	}
}
