package main

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/api"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/web"
)

// The settings of passes for Google Wallet.
const (
	googleIssuerID       = "google-issuer-id"
	googleServiceAccount = "google-service-account"
	googleOrigins        = "google-origins"
	googleServer         = "google-server"
	googleKeysURL        = "google-keys-url"
)

var googleDefinitions = []setting{
	{name: googleIssuerID, help: "number of the issuer at Google Wallet (default: cards are not offered there)"},
	{name: googleServiceAccount, help: "file with the key of the service account that acts for the issuer, JSON"},
	{name: googleOrigins, help: "sites with the button “Add to Google Wallet”, separated by commas (default: that of --base-url)"},
	{name: googleServer, standard: google.DefaultBaseURL, help: "where cards for Google Wallet are kept"},
	{name: googleKeysURL, standard: google.DefaultKeysURL, help: "where Google publishes the keys that its callbacks are signed with"},
}

const (
	// maxOrigins bounds --google-origins: they stand in every link.
	maxOrigins = 5
	// picturesOfAddress bounds what is fetched by one network address in a callsWindow, and
	// callbacksOfAddress the callbacks: Google comes from few.
	picturesOfAddress, callbacksOfAddress = 3000, 3000
)

// googleAccount is what a server puts cards into Google Wallet with.
type googleAccount struct {
	issuerID, server, keysURL string
	account                   *google.ServiceAccount
	origins                   []string
}

// openGoogleAccount returns what the settings name, nil if they name no account, and
// otherwise an error that says in a sentence what is wrong.
func (sh *shell) openGoogleAccount() (*googleAccount, error) {
	v := sh.settings.values
	if v[googleServiceAccount] == "" {
		for _, name := range []string{googleIssuerID, googleOrigins} {
			if v[name] != "" {
				return nil, usagef("--%s is set, but --%s is not", name, googleServiceAccount).hint("Name the JSON file with the key of the service account.")
			}
		}
		return nil, nil //nolint:nilnil // no account, no Google Wallet
	}
	if v[googleIssuerID] == "" {
		return nil, usagef("--%s is set, but --%s is not", googleServiceAccount, googleIssuerID).
			hint("The number stands in the Google Pay & Wallet Console, below Google Wallet API.")
	}
	wayOut := "Correct the settings that begin with --google, or take them all away to go on without Google Wallet."
	file, err := readKeyFile(googleServiceAccount, v[googleServiceAccount])
	if err != nil {
		return nil, err
	}
	account, err := google.ParseServiceAccount(file)
	if err != nil {
		return nil, notReadyf("%w", err).hint(wayOut)
	}
	if base := sh.links().base; !strings.HasPrefix(base, "https://") {
		return nil, notReadyf("Google fetches the pictures of cards by https only, and the address of this server is %s", base).
			hint("Set --base-url to the https address of the server.")
	}
	a := &googleAccount{issuerID: v[googleIssuerID], server: v[googleServer], keysURL: v[googleKeysURL], account: account}
	for origin := range strings.SplitSeq(cmp.Or(v[googleOrigins], originOf(sh.links().base)), ",") {
		a.origins = append(a.origins, strings.TrimSpace(origin))
	}
	if len(a.origins) > maxOrigins {
		return nil, usagef("--%s names %d sites, at most %d", googleOrigins, len(a.origins), maxOrigins)
	}
	id, err := google.ID(a.issuerID, "try")
	if err == nil {
		_, err = account.SaveLink([]string{id}, a.origins, sh.now())
	}
	if err != nil {
		return nil, notReadyf("%w", err).hint(wayOut)
	}
	return a, nil
}

// originOf returns the scheme and the host of an address.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}

// googlePasses are the parts of a server that have to do with Google Wallet.
type googlePasses struct {
	google  *pass.Google
	update  *jobs.UpdateGooglePasses
	compare jobs.CompareGoogle
	limits  api.Limits
}

// openGoogle returns them, nil if the server has no account.
func openGoogle(p parts) (*googlePasses, error) {
	if p.google == nil {
		return nil, nil //nolint:nilnil // no account, no Google Wallet
	}
	g, err := pass.NewGoogle(pass.GoogleOptions{
		IssuerID: p.google.issuerID, Account: p.google.account, Server: p.google.server, KeysURL: p.google.keysURL, Store: p.store,
		BaseURL: p.links.base, Origins: p.google.origins, Now: p.sh.now, Log: p.log,
	})
	if err != nil {
		return nil, notReadyf("%w", err)
	}
	sent, compared := p.metrics.googlePasses()
	x := &googlePasses{google: g, limits: p.hot, update: jobs.NewUpdateGooglePasses(jobs.UpdateGooglePassesOptions{
		Store: p.store, Cards: g, Sender: g.Client, IssuerID: g.IssuerID, Report: sent, Now: p.sh.clock, Log: p.log,
	}), compare: jobs.CompareGoogle{
		Store: p.store, Cards: g, Wallet: g.Client, IssuerID: g.IssuerID, Report: compared, Now: p.sh.clock, Log: p.log,
	}}
	p.hot.tellOrganizations(x.update.Changed)
	return x, nil
}

// periodic returns the jobs of Google Wallet.
func (x *googlePasses) periodic() []jobs.Periodic {
	if x == nil {
		return nil
	}
	return []jobs.Periodic{
		{Name: "update passes at Google", Every: jobs.PassesEvery, Wake: x.update.Wake(), Run: x.update.Run},
		{Name: "compare passes at Google", Every: jobs.CompareGoogleEvery, Run: x.compare.Run},
	}
}

// forAPI and forWeb return nil interfaces for a server without an account.
func (x *googlePasses) forAPI() api.GooglePasses {
	if x == nil {
		return nil
	}
	return x.google
}

func (x *googlePasses) forWeb() web.GooglePasses {
	if x == nil {
		return nil
	}
	return x.google
}

// register adds the addresses that Google asks.
func (x *googlePasses) register(e *echo.Echo) {
	if x != nil {
		answer := echo.WrapHandler(x.google)
		e.POST(pass.GooglePath+"callbacks", limited(x.limits, "google-callbacks:", callbacksOfAddress, answer))
		pictures := limited(x.limits, "google-pictures:", picturesOfAddress, answer)
		e.GET(pass.GooglePath+":slug/*", pictures)
		e.HEAD(pass.GooglePath+":slug/*", pictures)
	}
}

// checkGoogle tells of the account for Google Wallet.
func (sh *shell) checkGoogle() check {
	const name = "Google Wallet"
	account, err := sh.openGoogleAccount()
	switch {
	case err != nil:
		return badSettings(name, "--google", err)
	case account == nil:
		return good(name, "no account: cards are not offered there")
	}
	return good(name, "issuer %s, %s", account.issuerID, fmt.Sprint(account.account))
}
