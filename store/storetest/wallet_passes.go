package storetest

import (
	"time"

	"github.com/leima/leima/customer"
)

var walletPassStories = []story{
	{"a card's passes say what wallets should have, were told of and have, and since when", walletPassesFollow},
	{"a pass that a wallet did not take says why, until it does", walletPassesFail},
	{"a pass that was taken off the phone is removed, and that of a blocked card void", walletPassesEnd},
}

// inWallet returns the card's only pass for the wallet.
func (sh *shop) inWallet(cardID string, wallet customer.Wallet) customer.WalletPass {
	sh.t.Helper()
	list, err := sh.CardWalletPasses(sh.ctx, sh.org.ID, cardID)
	sh.ok(err)
	var found []customer.WalletPass
	for _, p := range list {
		if p.Wallet == wallet {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		sh.t.Fatalf("%d passes for %s", len(found), wallet)
	}
	return found[0]
}

// pushPasses notes what changed and what became of telling devices of it.
func (sh *shop) pushPasses(cardID string, problem customer.WalletProblem) {
	sh.t.Helper()
	changed, err := sh.ChangePasses(sh.ctx, sh.org.ID, passType, []string{cardID}, time.Minute)
	sh.ok(err)
	pushed := make([]customer.PassPushed, len(changed))
	for i, p := range changed {
		pushed[i] = customer.PassPushed{Serial: p.Serial, Version: p.Version, Sent: problem == "", Problem: problem, Again: sh.clock()}
	}
	sh.ok(sh.NotePassesPushed(sh.ctx, sh.org.ID, pushed))
}

func walletPassesFollow(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	have := func() []customer.WalletPass {
		list, err := sh.CardWalletPasses(sh.ctx, sh.org.ID, card.ID)
		sh.ok(err)
		return list
	}
	su.same("before any", 0, len(have()))
	const second = int64(1000)
	su.pass(time.Duration(second-sh.clock()%second) * time.Millisecond) // Apple's dates have no fractions
	made := sh.clock()
	sh.newPass(sh.card(card.ID))
	su.pass(time.Second)
	google := sh.newGooglePass(card.ID)
	su.pass(time.Second)
	samsung := sh.issueSamsung(sh.card(card.ID))
	later := func(seconds int64) int64 { return made + seconds*second }
	want := []customer.WalletPass{
		{Wallet: customer.SamsungWallet, Serial: samsung.Ref, Devices: -1, Desired: customer.PassVersion{Version: 1, At: later(2)}, Fetched: customer.PassVersion{Version: 1, At: later(2)}, CreatedAt: later(2)},
		{Wallet: customer.GoogleWallet, Serial: google.Serial, Devices: -1, Desired: customer.PassVersion{Version: 1, At: later(1)}, CreatedAt: later(1)},
		{Wallet: customer.AppleWallet, Serial: "pass_" + card.ID, Devices: 1, Installed: true, Desired: customer.PassVersion{Version: 1, At: made}, CreatedAt: made},
	}
	su.same("made", want, have())
	su.same("states", []customer.PassState{customer.PassWaiting, customer.PassWaiting, customer.PassStale}, []customer.PassState{have()[0].State(), have()[1].State(), have()[2].State()})

	sh.ok(sh.NotePassFetched(sh.ctx, sh.org.ID, "pass_"+card.ID, 1))
	sh.ok(sh.NoteSamsungReport(sh.ctx, sh.samsung(samsung.Ref, "ADDED")))
	sh.googleHas(google)
	_, err := sh.NoteGoogleEvent(sh.ctx, sh.org.ID, customer.GoogleEvent{Serial: google.Serial, Nonce: sh.key(), ExpiresAt: later(1000), Saved: true})
	sh.ok(err)
	for _, p := range have() {
		su.same("state with "+string(p.Wallet), customer.PassInstalled, p.State())
	}

	su.pass(time.Second)
	sh.apply(sh.stamp(card.ID, 1))
	apple := sh.inWallet(card.ID, customer.AppleWallet)
	su.same("a stamp that nobody noted yet", []any{customer.PassStale, customer.PassVersion{Version: 2}}, []any{apple.State(), apple.Desired})
	sh.pushPasses(card.ID, "")
	apple = sh.inWallet(card.ID, customer.AppleWallet)
	at3 := customer.PassVersion{Version: 2, At: later(3)}
	held, err := sh.StalePasses(sh.ctx, sh.org.ID, customer.AppleWallet)
	sh.ok(err)
	su.same("behind at Apple, as listed for the card", []customer.WalletPass{apple}, []customer.WalletPass{held[0].Pass})
	su.same("pushed", []customer.PassVersion{at3, at3, {Version: 1, At: later(2)}}, []customer.PassVersion{apple.Desired, apple.Pushed, apple.Fetched})
	su.pass(time.Second)
	sh.ok(sh.NotePassFetched(sh.ctx, sh.org.ID, apple.Serial, 2))
	apple = sh.inWallet(card.ID, customer.AppleWallet)
	su.same("fetched", []any{customer.PassInstalled, customer.PassVersion{Version: 2, At: later(4)}}, []any{apple.State(), apple.Fetched})

	_, err = sh.SweepGooglePasses(sh.ctx, sh.org.ID)
	sh.ok(err)
	stale := func(wallet customer.Wallet) (cards []string) {
		list, err := sh.StalePasses(sh.ctx, sh.org.ID, wallet)
		sh.ok(err)
		for _, p := range list {
			su.same("state of a stale pass", customer.PassStale, p.Pass.State())
			cards = append(cards, p.CardID+" of "+p.Customer.ID)
		}
		return cards
	}
	sh.claimSamsung()
	su.same("behind at Apple", 0, len(stale(customer.AppleWallet)))
	for _, wallet := range []customer.Wallet{customer.GoogleWallet, customer.SamsungWallet} {
		su.same("behind at "+string(wallet), []string{card.ID + " of " + card.CustomerID}, stale(wallet))
	}
	atGoogle := sh.inWallet(card.ID, customer.GoogleWallet)
	su.same("stale at Google", []any{customer.PassStale, customer.PassVersion{Version: 2, At: later(4)}, int64(1)}, []any{atGoogle.State(), atGoogle.Desired, atGoogle.Pushed.Version})
	sh.googleHas(sh.googlePass(google.Serial))
	atGoogle = sh.inWallet(card.ID, customer.GoogleWallet)
	su.same("Google has it", []any{customer.PassInstalled, atGoogle.Desired, atGoogle.Desired}, []any{atGoogle.State(), atGoogle.Pushed, atGoogle.Fetched})
}

func walletPassesFail(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	sh.newPass(sh.card(card.ID))
	samsung := sh.newSamsungPass(sh.card(card.ID))
	google := sh.newGooglePass(card.ID)
	problems := func() (all [3]customer.WalletProblem) {
		for i, w := range []customer.Wallet{customer.AppleWallet, customer.GoogleWallet, customer.SamsungWallet} {
			all[i] = sh.inWallet(card.ID, w).Problem
		}
		return all
	}
	sh.apply(sh.stamp(card.ID, 1))
	sh.pushPasses(card.ID, customer.WalletRefused)
	sh.ok(sh.NoteGooglePassesSent(sh.ctx, sh.org.ID, []customer.GooglePassSent{{Serial: google.Serial, Version: google.Version, Problem: customer.WalletUnreachable, Again: sh.clock()}}))
	sh.claimSamsung()
	told := customer.SamsungTold{Ref: samsung.Ref, Version: 2, Problem: customer.WalletUnreachable, Again: sh.clock()}
	sh.ok(sh.NoteSamsungTold(sh.ctx, sh.org.ID, told))
	su.same("problems", [3]customer.WalletProblem{customer.WalletRefused, customer.WalletUnreachable, customer.WalletUnreachable}, problems())
	su.same("told at Samsung", customer.PassVersion{}, sh.inWallet(card.ID, customer.SamsungWallet).Pushed)

	sh.apply(sh.stamp(card.ID, 1))
	sh.pushPasses(card.ID, "")
	sh.googleHas(google)
	told.Sent, told.Problem = true, ""
	sh.ok(sh.NoteSamsungTold(sh.ctx, sh.org.ID, told))
	su.same("problems that ended", [3]customer.WalletProblem{}, problems())
	su.same("told at Samsung", customer.PassVersion{Version: 2, At: sh.clock()}, sh.inWallet(card.ID, customer.SamsungWallet).Pushed)
}

func walletPassesEnd(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	pass := sh.newPass(sh.card(card.ID))
	second := deviceOf(pass, sh.org.ID)
	second.Device, second.PushToken = "watch", "11223344"
	_, err := sh.RegisterPass(sh.ctx, second)
	sh.ok(err)
	samsung, google := sh.newSamsungPass(sh.card(card.ID)), sh.newGooglePass(card.ID)
	for _, saved := range []bool{true, false} {
		su.pass(time.Second)
		_, err := sh.NoteGoogleEvent(sh.ctx, sh.org.ID, customer.GoogleEvent{Serial: google.Serial, Nonce: sh.key(), ExpiresAt: sh.clock() + 1000, Saved: saved})
		sh.ok(err)
	}
	sh.ok(sh.NoteSamsungReport(sh.ctx, sh.samsung(samsung.Ref, customer.SamsungDeleted)))
	sh.ok(sh.UnregisterPass(sh.ctx, sh.org.ID, "nobody's", pass.Serial))
	sh.ok(sh.UnregisterPass(sh.ctx, sh.org.ID, "phone", pass.Serial))
	apple := sh.inWallet(card.ID, customer.AppleWallet)
	su.same("on one device of two", []int64{1, 0}, []int64{apple.Devices, apple.RemovedAt})
	su.pass(time.Second)
	n, err := sh.DropPushToken(sh.ctx, sh.org.ID, second.PushToken, 0)
	sh.ok(err)
	su.same("devices that are gone", int64(1), n)
	at := sh.clock()
	for wallet, removed := range map[customer.Wallet]int64{customer.AppleWallet: at, customer.GoogleWallet: at - 1000, customer.SamsungWallet: at - 1000} {
		p := sh.inWallet(card.ID, wallet)
		su.same("removed from "+string(wallet), []any{customer.PassRemoved, removed}, []any{p.State(), p.RemovedAt})
	}

	_, err = sh.RegisterPass(sh.ctx, deviceOf(pass, sh.org.ID))
	sh.ok(err)
	apple = sh.inWallet(card.ID, customer.AppleWallet)
	su.same("on a phone again", []int64{1, 0}, []int64{apple.Devices, apple.RemovedAt})
	sh.block(card.CustomerID)
	for _, wallet := range []customer.Wallet{customer.AppleWallet, customer.GoogleWallet, customer.SamsungWallet} {
		su.same("blocked, with "+string(wallet), customer.PassVoid, sh.inWallet(card.ID, wallet).State())
	}
	other := sh.newCard()
	sh.newPass(sh.card(other.ID))
	_, err = sh.ReissueCard(sh.ctx, sh.org.ID, other.ID, sh.clock())
	sh.ok(err)
	su.same("under another code", customer.PassVoid, sh.inWallet(other.ID, customer.AppleWallet).State())
}
