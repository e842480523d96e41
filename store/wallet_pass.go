package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/leima/leima/customer"
)

// walletPasses are the passes p of a wallet, read for whoever looks at them.
type walletPasses struct {
	wallet customer.Wallet
	table  passTable
	// installed is the condition that somebody has the pass, devices how many do; where
	// that is not known it is 1 or 0.
	installed, devices string
	// pushed and fetched are the versions with their instants, removed is when a device
	// gave the pass up.
	pushed, fetched [2]string
	removed         string
}

const (
	appleInstalled   = "EXISTS (SELECT 1 FROM pass_registration r WHERE r.org_id = p.org_id AND r.serial = p.serial)"
	googleInstalled  = "p.saved"
	samsungInstalled = "p.state NOT IN ('', '" + customer.SamsungDeleted + "')"
)

var (
	walletsOfPasses = []walletPasses{
		{
			customer.AppleWallet, applePasses, appleInstalled, "(SELECT COUNT(*) FROM pass_registration r WHERE r.org_id = p.org_id AND r.serial = p.serial)",
			[2]string{"p.pushed_version", "p.pushed_at"},
			[2]string{"p.fetched_version", "p.fetched_at"},
			"p.given_up_at",
		},
		{
			customer.GoogleWallet, googlePasses, googleInstalled, "CASE WHEN " + googleInstalled + " THEN 1 ELSE 0 END",
			[2]string{"p.sent_version", "p.sent_at"},
			[2]string{"p.sent_version", "p.sent_at"},
			"p.saved_at",
		},
		{
			customer.SamsungWallet, samsungPasses, samsungInstalled, "CASE WHEN " + samsungInstalled + " THEN 1 ELSE 0 END",
			[2]string{"p.told_version", "p.told_at"},
			[2]string{"p.fetched_version", "p.fetched_at"},
			"p.reported_at",
		},
	}
	cardWalletPasses = walletsOfCard()
)

// shown is what scanWalletPass reads, and more of c, g, o and what from joins. A change that
// was not noted on the pass yet will be its next version, and nobody knows since when.
func (w walletPasses) shown(more, joins string) string {
	return "SELECT '" + string(w.wallet) + "' AS wallet, p." + w.table.key + " AS serial, " +
		"CASE WHEN c.code <> p.code OR c.blocked_at <> 0 OR c.leads_to = '' AND NOT c." + usable + " THEN 1 ELSE 0 END, " + w.devices + ", " +
		"p.version + CASE WHEN " + passOutdated + " THEN 1 ELSE 0 END, CASE WHEN " + passOutdated + " THEN 0 ELSE p.modified_at END, " +
		w.pushed[0] + ", " + w.pushed[1] + ", " + w.fetched[0] + ", " + w.fetched[1] + ", p.problem, p.created_at AS made_at, " + w.removed + more +
		" FROM " + w.table.name + " p " + passJoins + joins
}

// walletsOfCard finds the passes of the card $2 in all wallets.
func walletsOfCard() string {
	each := make([]string, len(walletsOfPasses))
	for i, w := range walletsOfPasses {
		each[i] = w.shown("", "WHERE p.org_id = $1 AND p.card_id = $2 ")
	}
	return strings.Join(each, "UNION ALL ") + "ORDER BY made_at DESC, serial LIMIT $3"
}

// stale finds the passes that PassCounts and its sisters count as stale, with whose they
// are. They look at all passes of the organization, and so does this.
func (w walletPasses) stale() string {
	return w.shown(", c.id, "+customerSelect("u"), "JOIN customer u ON u.org_id = c.org_id AND u.id = c.customer_id ") +
		"WHERE p.org_id = $1 AND " + w.fetched[0] + " < p.version AND " + w.installed + " ORDER BY p.modified_at, p." + w.table.key + " LIMIT $2"
}

// CardWalletPasses returns the passes that were made of a card, for all wallets and under
// all accounts, the newest first, at most customer.MaxPassesOfCard. A card that is not there
// has none.
func (s *Store) CardWalletPasses(ctx context.Context, orgID, cardID string) ([]customer.WalletPass, error) {
	return readAll(ctx, s, orgID, scanWalletPass, cardWalletPasses, orgID, cardID, customer.MaxPassesOfCard)
}

// StalePasses returns the organization's passes in the wallet that have not the last version,
// with whose they are: those first that have waited longest, at most
// customer.MaxStalePasses.
func (s *Store) StalePasses(ctx context.Context, orgID string, wallet customer.Wallet) ([]customer.HeldPass, error) {
	for _, w := range walletsOfPasses {
		if w.wallet == wallet {
			return readAll(ctx, s, orgID, scanHeldPass, w.stale(), orgID, customer.MaxStalePasses)
		}
	}
	return nil, fmt.Errorf("list stale passes: there is no wallet %q", wallet)
}

func scanHeldPass(r scanner) (h customer.HeldPass, err error) {
	h.Pass, err = scanWalletPass(scanMore{r, append([]any{&h.CardID}, customerTargets(&h.Customer)...)})
	return h, err
}

func scanWalletPass(r scanner) (p customer.WalletPass, err error) {
	var void, there int64
	err = r.Scan(&p.Wallet, &p.Serial, &void, &there, &p.Desired.Version, &p.Desired.At, &p.Pushed.Version, &p.Pushed.At,
		&p.Fetched.Version, &p.Fetched.At, &p.Problem, &p.CreatedAt, &p.RemovedAt)
	if err != nil {
		return p, fmt.Errorf("read pass in a wallet: %w", err)
	}
	p.Void, p.Installed, p.Devices = void != 0, there > 0, there
	if p.Wallet != customer.AppleWallet {
		p.Devices = -1
	}
	if p.Installed {
		p.RemovedAt = 0 // one device of several gave it up
	}
	return p, nil
}
