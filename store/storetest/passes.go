package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

const (
	passType  = "pass.example.leima"
	pushToken = "aabbccdd"
)

// newPass puts the card into the wallet of a phone.
func (sh *shop) newPass(view customer.View) customer.Pass {
	sh.t.Helper()
	p, err := sh.IssuePass(sh.ctx, customer.Pass{
		OrgID: sh.org.ID, CardID: view.Card.ID, Type: passType, Serial: "pass_" + view.Card.ID, Token: "0123456789abcdef",
	})
	sh.ok(err)
	_, err = sh.RegisterPass(sh.ctx, deviceOf(p, sh.org.ID))
	sh.ok(err)
	return p
}

// spreadsOnce takes the steps of telling passes of a new brand or new rules, and wants the
// pass to be told of it by one of them.
func (sh *shop) spreadsOnce(t *testing.T, was customer.Pass) {
	t.Helper()
	const many = 100
	step, err := sh.SpreadPasses(sh.ctx, sh.org.ID, passType, many, many, time.Minute)
	sh.ok(err)
	now, err := sh.PassBySerial(sh.ctx, sh.org.ID, passType, was.Serial)
	sh.ok(err)
	if len(step.Pushes) != 1 || now.Version != was.Version+1 {
		t.Errorf("%d passes changed, the card's is of version %d after %d", len(step.Pushes), now.Version, was.Version)
	}
	if changed, err := sh.SweepPasses(sh.ctx, sh.org.ID); changed != 0 || err != nil {
		t.Errorf("swept afterwards: %d passes changed, %v", changed, err)
	}
}

func deviceOf(p customer.Pass, orgID string) customer.PassDevice {
	return customer.PassDevice{OrgID: orgID, Type: passType, Serial: p.Serial, Device: "phone", PushToken: pushToken}
}

// attacksOnPasses try to read and change the victim's pass from another organization.
func attacksOnPasses(v *victim) map[string]attack {
	none := func(n int, err error) error {
		if n != 0 {
			return errors.Join(errors.New("foreign passes"), err)
		}
		return err
	}
	return map[string]attack{
		"IssuePass": func(ctx context.Context, org string) error {
			_, err := v.IssuePass(ctx, customer.Pass{OrgID: org, CardID: v.view.Card.ID, Type: passType, Serial: v.pass.Serial, Token: "thief"})
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"PassBySerial": func(ctx context.Context, org string) error {
			_, err := v.PassBySerial(ctx, org, passType, v.pass.Serial)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"PassNow": func(ctx context.Context, org string) error {
			_, err := v.PassNow(ctx, org, passType, v.pass.Serial)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"NotePassFetched": func(ctx context.Context, org string) error { return v.NotePassFetched(ctx, org, v.pass.Serial, 99) },
		"RegisterPass": func(ctx context.Context, org string) error {
			_, err := v.RegisterPass(ctx, deviceOf(v.pass, org))
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"UnregisterPass": func(ctx context.Context, org string) error { return v.UnregisterPass(ctx, org, "phone", v.pass.Serial) },
		"ChangedPasses": func(ctx context.Context, org string) error {
			c, err := v.ChangedPasses(ctx, org, passType, "phone", 0)
			return none(len(c.Serials), err)
		},
		"PassCounts": func(ctx context.Context, org string) error {
			c, err := v.PassCounts(ctx, org, passType)
			return none(int(c.Issued), err)
		},
		"CardWalletPasses": func(ctx context.Context, org string) error {
			list, err := v.CardWalletPasses(ctx, org, v.view.Card.ID)
			return none(len(list), err)
		},
		"StalePasses": func(ctx context.Context, org string) error {
			list, err := v.StalePasses(ctx, org, customer.AppleWallet)
			return none(len(list), err)
		},
		"FollowPasses": func(ctx context.Context, org string) error { return none(v.FollowPasses(ctx, org, 0)) },
		"SweepPasses":  func(ctx context.Context, org string) error { return none(v.SweepPasses(ctx, org)) },
		"ClaimPasses": func(ctx context.Context, org string) error {
			claimed, err := v.ClaimPasses(ctx, org, passType, time.Minute)
			return none(len(claimed), err)
		},
		"ChangePasses": func(ctx context.Context, org string) error {
			changed, err := v.ChangePasses(ctx, org, passType, []string{v.view.Card.ID}, time.Minute)
			return none(len(changed), err)
		},
		"PassSpread": func(ctx context.Context, org string) error {
			s, err := v.PassSpread(ctx, org, passType)
			return none(int(s.Total), err)
		},
		"SpreadPasses": func(ctx context.Context, org string) error {
			step, err := v.SpreadPasses(ctx, org, passType, 1, 1, time.Minute)
			return none(len(step.Pushes), err)
		},
		"NotePassesPushed": func(ctx context.Context, org string) error {
			return v.NotePassesPushed(ctx, org, []customer.PassPushed{{Serial: v.pass.Serial, Version: v.pass.Version, Sent: true}})
		},
		"DropPushToken": func(ctx context.Context, org string) error {
			n, err := v.DropPushToken(ctx, org, pushToken, 0)
			return none(int(n), err)
		},
	}
}

// attacksOnPlaces try to read what passes say beside the card.
func attacksOnPlaces(v *victim) map[string]attack {
	return map[string]attack{
		"Places": func(ctx context.Context, org string) error {
			l, err := v.Places(ctx, org)
			if err != nil || slices.ContainsFunc(l, func(x organization.Location) bool { return x.OrgID != org }) {
				return errors.Join(errors.New("foreign places"), err)
			}
			return nil
		},
		"PassDesign": func(ctx context.Context, org string) error {
			d, err := v.PassDesign(ctx, org, v.program.ID)
			if err != nil || d.Version != 1 {
				return errors.Join(errors.New("foreign design"), err)
			}
			return nil
		},
		"PassDesignVersion": func(ctx context.Context, org string) error {
			_, err := v.PassDesignVersion(ctx, org, v.program.ID, 2)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"SetPassDesign": func(ctx context.Context, org string) error {
			_, err := v.SetPassDesign(ctx, organization.StandardPassDesign(org, v.program.ID), 2)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"Artwork": func(ctx context.Context, org string) error {
			_, err := v.Artwork(ctx, org, v.artwork)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"AddArtwork": func(ctx context.Context, org string) error {
			_, err := v.AddArtwork(ctx, org, []byte("theirs"))
			return err
		},
		"CardPlace": func(ctx context.Context, org string) error {
			at, err := v.CardPlace(ctx, org, v.view.Card.ID)
			if err != nil || at != nil {
				return errors.Join(errors.New("foreign place"), err)
			}
			return nil
		},
	}
}
