package main

import (
	"cmp"
	"log/slog"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/leima/leima/api"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/samsung"
	"github.com/leima/leima/web"
)

// The settings of cards for Samsung Wallet: what its partner portal hands out.
const (
	samsungPartner       = "samsung-partner-id"
	samsungCertificateID = "samsung-certificate-id"
	samsungCard          = "samsung-card-id"
	samsungKey           = "samsung-key"
	samsungCertificate   = "samsung-certificate"
)

var samsungDefinitions = []setting{
	{name: samsungPartner, help: "partner id at Samsung Wallet (default: there are no cards for it)"},
	{name: samsungCertificateID, help: "id that Samsung's portal gave to the certificate of this server's key"},
	{name: samsungCard, help: "id of the loyalty card in Samsung's portal"},
	{name: samsungKey, help: "file with this server's private key, PEM"},
	{name: samsungCertificate, help: "file with Samsung's certificate or public key, PEM, from the portal"},
}

// samsungCallsOfAddress bounds what one network address may ask in a callsWindow as
// Samsung. All of Samsung's calls come from a few addresses, so it keeps away floods of
// forged ones and nothing else.
const samsungCallsOfAddress = 30_000

// galaxy is what a server makes cards for Samsung Wallet with.
type galaxy struct {
	partner  *samsung.Partner
	notifier jobs.SamsungNotifier
}

// openGalaxy returns what cards for Samsung are made with by the settings, nil if they name
// none of it, and otherwise an error that says in a sentence what is wrong.
func (sh *shell) openGalaxy() (*galaxy, error) {
	v := sh.settings.values
	missing, given := "", ""
	for _, d := range samsungDefinitions {
		if v[d.name] == "" {
			missing = cmp.Or(missing, d.name)
		} else {
			given = cmp.Or(given, d.name)
		}
	}
	switch {
	case given == "":
		return nil, nil //nolint:nilnil // nothing set, no Samsung
	case missing != "":
		return nil, usagef("--%s is set, but --%s is not", given, missing).hint("All settings that begin with --samsung belong together; Samsung's partner portal hands them out.")
	}
	if base := sh.links().base; !strings.HasPrefix(base, "https://") {
		return nil, usagef("--%s is set, and %s is not an https address: Samsung takes no other", given, base).hint("Set --base-url to the https address of the server.")
	}
	key, err := readKeyFile(samsungKey, v[samsungKey])
	if err != nil {
		return nil, err
	}
	certificate, err := readKeyFile(samsungCertificate, v[samsungCertificate])
	if err != nil {
		return nil, err
	}
	const wayOut = "Correct the settings that begin with --samsung, or take them all away to go on without Samsung Wallet."
	partner, err := samsung.NewPartner(v[samsungPartner], v[samsungCertificateID], v[samsungCard], key, certificate)
	if err != nil {
		return nil, notReadyf("%w", err).hint(wayOut)
	}
	client, err := samsung.New(samsung.Options{Partner: partner})
	if err != nil {
		return nil, notReadyf("%w", err).hint(wayOut)
	}
	return &galaxy{partner: partner, notifier: client}, nil
}

// samsungPasses are the parts of a server that have to do with Samsung Wallet.
type samsungPasses struct {
	cards  *pass.Samsung
	update *jobs.UpdateSamsung
	limits api.Limits
}

// openSamsung returns them, nil if the server has no contract with Samsung.
func openSamsung(p parts) *samsungPasses {
	if p.galaxy == nil {
		return nil
	}
	x := &samsungPasses{
		cards:  pass.NewSamsung(pass.SamsungOptions{Partner: p.galaxy.partner, Store: p.store, BaseURL: p.links.base, Now: p.sh.clock, Log: p.log}),
		limits: p.hot,
	}
	x.update = jobs.NewUpdateSamsung(jobs.UpdateSamsungOptions{
		Store: p.store, Notifier: p.galaxy.notifier, Kind: p.galaxy.partner.CardID, Report: p.metrics.samsungNotifications(), Now: p.sh.clock, Log: p.log,
	})
	p.hot.tellOrganizations(x.update.Changed)
	p.log.Info("cards are offered for Samsung Wallet", slog.String("address_for_its_portal", p.links.base+pass.SamsungPath))
	return x
}

// forAPI and forWeb return nil interfaces for a server without Samsung Wallet.
func (x *samsungPasses) forAPI() api.PassCounter {
	if x == nil {
		return nil
	}
	return x.cards
}

func (x *samsungPasses) forWeb() web.Links {
	if x == nil {
		return nil
	}
	return x.cards
}

// register adds the addresses that Samsung asks.
func (x *samsungPasses) register(e *echo.Echo) {
	if x != nil {
		e.Any(pass.SamsungPath+"/cards/*", limited(x.limits, "samsung:", samsungCallsOfAddress, echo.WrapHandler(x.cards.Handler())))
	}
}

// periodic returns the jobs of Samsung Wallet.
func (x *samsungPasses) periodic() []jobs.Periodic {
	if x == nil {
		return nil
	}
	return []jobs.Periodic{{Name: "update Samsung Wallet", Every: jobs.PassesEvery, Limit: samsungLimit, Wake: x.update.Wake(), Run: x.update.Run}}
}

// samsungLimit bounds one run of the job: what Samsung does not answer is tried again.
const samsungLimit = 10 * time.Minute

// checkSamsung tells of the contract with Samsung.
func (sh *shell) checkSamsung() check {
	const name = "Samsung Wallet"
	made, err := sh.openGalaxy()
	switch {
	case err != nil:
		return badSettings(name, "--samsung", err)
	case made == nil:
		return good(name, "no partner id: cards are not offered for it")
	}
	return good(name, "%s; its portal needs the address %s", made.partner, sh.links().base+pass.SamsungPath)
}

// samsungNotifications returns what counts notifications, nil if nobody asks.
func (m *metrics) samsungNotifications() func(taken bool) {
	if m == nil {
		return nil
	}
	told := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: metricsPrefix + "samsung_notifications_total", Help: "Notifications to Samsung that a card changed, by what became of them.",
	}, []string{"result"})
	sent, failed := told.WithLabelValues("sent"), told.WithLabelValues("failed")
	m.registry.MustRegister(told)
	return func(taken bool) {
		if taken {
			sent.Inc()
		} else {
			failed.Inc()
		}
	}
}
