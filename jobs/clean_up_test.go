package jobs_test

import (
	"errors"
	"testing"

	"github.com/leima/leima/access"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/typeid"
)

func TestWhatHasServedItsTimeIsDeletedAndNothingElse(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			job := jobs.CleanUp{Store: s, Now: s.now}
			card := s.fill(t, "a", 23)
			owner := organization.Staff{
				OrgID: s.org.ID, ID: typeid.New("stf"), Name: "Owner", Role: organization.RoleOwner, Active: true, CreatedAt: s.now(),
			}
			if err := s.CreateStaff(t.Context(), owner); err != nil {
				t.Fatal(err)
			}
			link := func(token string) {
				t.Helper()
				if err := s.CreateSignInLink(t.Context(), access.SignInLink{
					OrgID: s.org.ID, StaffID: owner.ID, TokenHash: access.Hash(token),
					CreatedAt: s.now(), ExpiresAt: s.now() + access.SignInLinkLife.Milliseconds(),
				}); err != nil {
					t.Fatal(err)
				}
			}
			link("old")
			s.later(2 * jobs.KeepServed)
			link("new")
			if err := job.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			signIn := func(token string) error {
				_, err := s.ConsumeSignInLink(t.Context(), s.org.ID, access.Hash(token), access.Session{
					OrgID: s.org.ID, Kind: access.KindSession, TokenHash: access.Hash("session of " + token),
					CreatedAt: s.now(), ExpiresAt: s.now() + access.SessionLife.Milliseconds(),
				}, s.now())
				return err
			}
			if err := signIn("new"); err != nil {
				t.Errorf("a link in its time was deleted: %v", err)
			}
			if err := signIn("old"); !errors.Is(err, access.ErrUnauthenticated) {
				t.Errorf("an old link: %v, want ErrUnauthenticated", err)
			}
			if left, err := s.CleanUp(t.Context(), s.org.ID, s.now()-jobs.KeepServed.Milliseconds()); err != nil || left != 0 {
				t.Errorf("%d rows were left, error %v", left, err)
			}
			if v, err := s.Card(t.Context(), s.org.ID, card.ID); err != nil || v.Card.Balance != card.Balance {
				t.Errorf("the card has %d stamps, want %d; error %v", v.Card.Balance, card.Balance, err)
			}
		})
	}
}
