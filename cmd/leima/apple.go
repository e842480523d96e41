package main

import (
	"cmp"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/api"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/web"
)

// The settings of passes for Apple Wallet.
const (
	applePassType    = "apple-pass-type"
	appleTeam        = "apple-team"
	appleCertificate = "apple-certificate"
	appleKey         = "apple-key"
	appleWWDR        = "apple-wwdr"
	applePassword    = "apple-password"
	applePushServer  = "apple-push-server"
	appleSpreadRate  = "apple-spread-rate"
	appleNFCKey      = "apple-nfc-key"
)

var appleDefinitions = []setting{
	{name: applePassType, help: "pass type of the passes for Apple Wallet, such as pass.org.example.cards (default: there are no passes)"},
	{name: appleTeam, help: "team at Apple that the pass type belongs to, ten characters"},
	{name: appleCertificate, help: "file with the certificate of the pass type: PEM, DER, or .p12 with its key"},
	{name: appleKey, help: "file with the private key, PEM; not needed with .p12"},
	{name: appleWWDR, help: "file with Apple's WWDR certificate that issued it; not needed if the .p12 holds it"},
	{name: applePassword, secret: true, help: "password of the .p12 file"},
	{name: appleNFCKey, help: "file with the public key (P-256) of readers that take cards by NFC; only with a certificate that Apple has entitled to it"},
	{name: applePushServer, standard: apple.PushServer, help: "where phones are told that their pass changed"},
	{name: appleSpreadRate, standard: strconv.Itoa(jobs.SpreadPerSecond), help: "passes a second that are told of a new brand or new rules"},
}

const (
	// callsOfAddress bounds what phones behind one network address may ask in a
	// callsWindow. Operators of mobile networks put thousands behind one, so it keeps away
	// floods and nothing else. Complaints are logged, so there are fewer of them.
	callsOfAddress, complaintsOfAddress = 3000, 30
	// pushesInFlight is more than the jobs have under way together, so that none of them
	// waits for another. Apple takes fewer streams on one connection; then there are more
	// connections.
	pushesInFlight = 500
	// renewWithin is how long before the end of the certificate doctor warns: Apple
	// issues a new one at once, but somebody has to ask.
	renewWithin = 30 * 24 * time.Hour
	// demoIdentityName is the file in which a demo keeps the identity that it made up.
	demoIdentityName = "apple-demo.pem"
	demoPassType     = "pass.demo.leima"
	demoTeam         = "LEIMADEMO1"
)

// wallet is what a server makes passes with.
type wallet struct {
	identity *apple.Identity
	// madeUp tells that no phone accepts the passes.
	madeUp bool
	// pusher is nil if phones are not told of changes.
	pusher jobs.Pusher
	// nfcKey is that of readers, empty if cards are not taken by NFC.
	nfcKey string
	// spreadPerSecond is how many passes a second are told of a new brand or new rules.
	spreadPerSecond int
}

// openWallet returns what passes are made with by the settings, nil if they name no
// certificate.
func (sh *shell) openWallet() (*wallet, error) {
	identity, err := sh.appleIdentity()
	if identity == nil || err != nil {
		return nil, err
	}
	rate, err := sh.spreadRate()
	if err != nil {
		return nil, err
	}
	key, err := sh.nfcKey()
	if err != nil {
		return nil, err
	}
	return &wallet{
		identity: identity, nfcKey: key, spreadPerSecond: rate,
		pusher: apple.NewPusher(identity, apple.PushOptions{Server: sh.settings.values[applePushServer], InFlight: pushesInFlight}),
	}, nil
}

// nfcKey returns the public key of readers, empty if the settings name none.
func (sh *shell) nfcKey() (string, error) {
	file, err := readKeyFile(appleNFCKey, sh.settings.values[appleNFCKey])
	if err != nil || file == nil {
		return "", err
	}
	key, err := apple.ReadNFCKey(file)
	if err != nil {
		return "", usagef("the file of --%s cannot be used: %w", appleNFCKey, err)
	}
	return key, nil
}

func (sh *shell) spreadRate() (int, error) {
	text := cmp.Or(sh.settings.values[appleSpreadRate], strconv.Itoa(jobs.SpreadPerSecond))
	rate, err := strconv.Atoi(text)
	if err != nil || rate < 1 || rate > jobs.MaxSpreadPerSecond {
		return 0, usagef("--%s is %q: want a number of passes from 1 to %d", appleSpreadRate, text, jobs.MaxSpreadPerSecond)
	}
	return rate, nil
}

// appleIdentity loads the identity that the settings name. It returns nil if they name
// none, and otherwise an error that says in a sentence what is wrong.
func (sh *shell) appleIdentity() (*apple.Identity, error) {
	v := sh.settings.values
	if v[appleCertificate] == "" {
		for _, name := range []string{applePassType, appleTeam, appleKey, appleWWDR, applePassword, appleNFCKey} {
			if v[name] != "" {
				return nil, usagef("--%s is set, but --%s is not", name, appleCertificate).hint("Name the file with the certificate of the pass type.")
			}
		}
		return nil, nil //nolint:nilnil // no certificate, no identity
	}
	for _, name := range []string{applePassType, appleTeam} {
		if v[name] == "" {
			return nil, usagef("--%s is set, but --%s is not", appleCertificate, name)
		}
	}
	files := map[string][]byte{}
	for _, name := range []string{appleCertificate, appleKey, appleWWDR} {
		data, err := readKeyFile(name, v[name])
		if err != nil {
			return nil, err
		}
		files[name] = data
	}
	want := apple.Expected{PassType: v[applePassType], Team: v[appleTeam]}
	var identity *apple.Identity
	var err error
	switch strings.ToLower(filepath.Ext(v[appleCertificate])) {
	case ".p12", ".pfx":
		identity, err = apple.LoadPKCS12(files[appleCertificate], v[applePassword], files[appleWWDR], want, sh.now())
	default:
		identity, err = apple.LoadPEM(apple.PEMFiles{Certificate: files[appleCertificate], Key: files[appleKey], Intermediate: files[appleWWDR]}, want, sh.now())
	}
	if err != nil {
		return nil, notReadyf("%w", err).hint("Correct the settings that begin with --apple, or take them all away to go on without passes.")
	}
	return identity, nil
}

// demoWallet is openWallet for a demo: without a certificate it makes one up and keeps it
// in the data folder, so that passes stay valid over a restart. Nobody is pushed to with
// it: Apple would refuse.
func (sh *shell) demoWallet() (*wallet, error) {
	w, err := sh.openWallet()
	if w != nil || err != nil {
		return w, err
	}
	path := filepath.Join(sh.settings.Data, demoIdentityName)
	want := apple.Expected{PassType: demoPassType, Team: demoTeam}
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		if files, ok := splitDemo(data); ok {
			if identity, err := apple.LoadPEM(files, want, sh.now()); err == nil {
				return &wallet{identity: identity, madeUp: true}, nil
			}
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, failf("%s cannot be read: %w", demoIdentityName, err)
	}
	made, err := apple.NewDemoIdentity(want, sh.now())
	if err != nil {
		return nil, failf("no certificate for passes could be made up: %w", err)
	}
	data = append(append(append(append([]byte{}, made.Files.Certificate...), made.Files.Intermediate...), made.Root...), made.Files.Key...)
	if err := os.WriteFile(path, data, demoNoteMode); err != nil {
		return nil, failf("%s cannot be written: %w", demoIdentityName, err)
	}
	return &wallet{identity: made.Identity, madeUp: true}, nil
}

// splitDemo takes the file apart that demoWallet wrote: certificate, intermediate, root
// and key.
func splitDemo(data []byte) (apple.PEMFiles, bool) {
	const certificate, intermediate, root, key, blocks = 0, 1, 2, 3, 4
	var parts [blocks][]byte
	for i := range blocks {
		block, rest := pem.Decode(data)
		if block == nil {
			return apple.PEMFiles{}, false
		}
		parts[i], data = pem.EncodeToMemory(block), rest
	}
	_ = root // stands there for programs that check signatures
	return apple.PEMFiles{Certificate: parts[certificate], Intermediate: parts[intermediate], Key: parts[key]}, true
}

// passes are the parts of a server that have to do with wallets of phones.
type passes struct {
	issuer *pass.Issuer
	update *jobs.UpdatePasses
	keep   *jobs.KeepPasses
	spread *jobs.SpreadPasses
	madeUp bool
	limits api.Limits
}

// passesForAPI are the passes as the API knows them.
type passesForAPI struct {
	*pass.Issuer
	madeUp bool
}

// State implements api.Passes.
func (x passesForAPI) State() api.PassesState {
	return api.PassesState{PassType: x.Identity.PassType, Expires: x.Identity.Expires(), Trusted: !x.madeUp, Updated: x.Updates()}
}

// openPasses returns them, nil if the server has no certificate.
func openPasses(p parts) *passes {
	if p.wallet == nil {
		return nil
	}
	x := &passes{issuer: pass.New(pass.Options{
		Identity: p.wallet.identity, Store: p.store, BaseURL: p.links.base, NFCKey: p.wallet.nfcKey, Log: p.log,
	}), madeUp: p.wallet.madeUp, limits: p.hot}
	o := jobs.PushPassesOptions{
		Pusher: p.wallet.pusher, PassType: p.wallet.identity.PassType, Report: p.metrics.pushes(), Now: p.sh.clock, Log: p.log,
	}
	x.update, x.keep = jobs.NewUpdatePasses(p.store, o), jobs.NewKeepPasses(p.store, o)
	x.spread = jobs.NewSpreadPasses(p.store, jobs.SpreadPassesOptions{PushPassesOptions: o, PerSecond: p.wallet.spreadPerSecond})
	p.metrics.appleExpires(p.wallet.identity.Expires())
	// Passes by a made-up authority are on no phone; the demo says so itself.
	if !x.issuer.Updates() && !x.madeUp {
		p.log.LogAttrs(context.Background(), slog.LevelWarn, "passes are not kept up to date: phones ask by https only", slog.String("base_url", p.links.base))
	}
	p.hot.tellToo(func(c loyalty.Commit) {
		for cards := c.Cards; len(cards) > 0; {
			org, ids := cards[0].OrgID, make([]string, 0, len(cards))
			for len(cards) > 0 && cards[0].OrgID == org {
				ids, cards = append(ids, cards[0].ID), cards[1:]
			}
			x.update.Changed(org, ids...)
		}
	})
	return x
}

// forAPI and forWeb return nil interfaces for a server without passes.
func (x *passes) forAPI() api.Passes {
	if x == nil {
		return nil
	}
	return passesForAPI{x.issuer, x.madeUp}
}

func (x *passes) forWeb() web.Passes {
	if x == nil {
		return nil
	}
	return x.issuer
}

// register adds the addresses that phones ask.
func (x *passes) register(e *echo.Echo) {
	if x != nil {
		answer := echo.WrapHandler(x.issuer)
		e.Any(pass.ServicePath+":slug/v1/*", limited(x.limits, "passes:", callsOfAddress, answer))
		e.POST(pass.ServicePath+":slug/v1/log", limited(x.limits, "pass-log:", complaintsOfAddress, answer))
	}
}

// periodic returns the jobs of passes.
func (x *passes) periodic() []jobs.Periodic {
	if x == nil {
		return nil
	}
	return []jobs.Periodic{
		{Name: "update passes", Every: jobs.PassesEvery, Limit: jobs.UpdatePassesLimit, Wake: x.update.Wake(), Run: x.update.Run},
		{Name: "keep passes", Every: jobs.PassesEvery, Run: x.keep.Run},
		{Name: "spread passes", Every: jobs.SpreadEvery, Limit: jobs.SpreadPassesLimit, Run: x.spread.Run},
	}
}

// checkApple tells of the certificate for passes.
func (sh *shell) checkApple() check {
	const name = "Apple Wallet"
	identity, err := sh.appleIdentity()
	switch {
	case err != nil:
		return badSettings(name, "--apple", err)
	case identity == nil:
		return good(name, "no certificate: cards are not offered as passes")
	}
	left := identity.Expires().Sub(sh.now())
	until := identity.Expires().UTC().Format(time.DateOnly)
	const day = 24 * time.Hour
	if left < renewWithin {
		return bad(name, "Renew it at developer.apple.com: after that day no passes can be made or updated.",
			"the certificate of %s ends on %s, in %d days", identity.PassType, until, int(left/day))
	}
	if base := sh.links().base; !strings.HasPrefix(base, "https://") {
		return bad(name, "Set --base-url to the https address of the server.", "phones ask for changes by https only, and %s is not", base)
	}
	return good(name, "%s, valid until %s, in %s days", identity.PassType, until, fmt.Sprint(int(left/day)))
}
