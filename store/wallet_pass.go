package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// What is read of a pass p of each wallet beside what the wallets call differently. A
// change that was not noted on the pass yet will be its next version, and nobody knows
// since when.
const (
	walletVoid = "CASE WHEN c.code <> p.code OR c.blocked_at <> 0 OR c.leads_to = '' AND c.status NOT IN ('" +
		string(loyalty.CardActive) + "', '" + string(loyalty.CardProvisional) + "') THEN 1 ELSE 0 END"
	walletDesired = "p.version + CASE WHEN " + passOutdated + " THEN 1 ELSE 0 END, CASE WHEN " + passOutdated + " THEN 0 ELSE p.modified_at END"
	walletOfCard  = passJoins + "WHERE p.org_id = $1 AND p.card_id = $2 "

	cardApplePasses = "SELECT '" + string(customer.AppleWallet) + "' AS wallet, p.serial AS serial, " + walletVoid + ", " +
		"(SELECT COUNT(*) FROM pass_registration r WHERE r.org_id = p.org_id AND r.serial = p.serial), " + walletDesired + ", " +
		"p.pushed_version, p.pushed_at, p.fetched_version, p.fetched_at, p.problem, p.created_at AS made_at, p.given_up_at"
	appleTable       = " FROM pass p "
	cardGooglePasses = "SELECT '" + string(customer.GoogleWallet) + "', p.serial, " + walletVoid + ", CASE WHEN p.saved THEN 1 ELSE 0 END, " + walletDesired + ", " +
		"p.sent_version, p.sent_at, p.sent_version, p.sent_at, p.problem, p.created_at, p.saved_at"
	googleTable       = " FROM google_pass p "
	cardSamsungPasses = "SELECT '" + string(customer.SamsungWallet) + "', p.ref, " + walletVoid + ", " +
		"CASE WHEN p.state IN ('', '" + customer.SamsungDeleted + "') THEN 0 ELSE 1 END, " + walletDesired + ", " +
		"p.told_version, p.told_at, p.fetched_version, p.fetched_at, p.problem, p.created_at, p.reported_at"
	samsungTable = " FROM samsung_pass p "

	cardWalletPasses = cardApplePasses + appleTable + walletOfCard + "UNION ALL " + cardGooglePasses + googleTable + walletOfCard +
		"UNION ALL " + cardSamsungPasses + samsungTable + walletOfCard +
		"ORDER BY made_at DESC, serial LIMIT $3"
)

// CardWalletPasses returns the passes that were made of a card, for all wallets and under
// all accounts, the newest first, at most customer.MaxPassesOfCard. A card that is not there
// has none.
func (s *Store) CardWalletPasses(ctx context.Context, orgID, cardID string) ([]customer.WalletPass, error) {
	return readAll(ctx, s, orgID, scanWalletPass, cardWalletPasses, orgID, cardID, customer.MaxPassesOfCard)
}

// behindInWallet finds the passes p that PassCounts and its sisters count as stale. They look
// at all passes of the organization, and so does this.
var behindInWallet = map[customer.Wallet]string{
	customer.AppleWallet: cardApplePasses + heldPassColumns + appleTable + heldPassJoins + "p.fetched_version < p.version " +
		"AND EXISTS (SELECT 1 FROM pass_registration r WHERE r.org_id = p.org_id AND r.serial = p.serial) ORDER BY p.modified_at, p.serial LIMIT $2",
	customer.GoogleWallet:  cardGooglePasses + heldPassColumns + googleTable + heldPassJoins + "p.sent_version < p.version AND p.saved ORDER BY p.modified_at, p.serial LIMIT $2",
	customer.SamsungWallet: cardSamsungPasses + heldPassColumns + samsungTable + heldPassJoins + "p.fetched_version < p.version AND p.state NOT IN ('', '" + customer.SamsungDeleted + "') ORDER BY p.modified_at, p.ref LIMIT $2",
}

const heldPassJoins = passJoins + "JOIN customer u ON u.org_id = c.org_id AND u.id = c.customer_id WHERE p.org_id = $1 AND "

var heldPassColumns = ", c.id, " + customerSelect("u")

// StalePasses returns the organization's passes in the wallet that have not the last version,
// with whose they are: those first that have waited longest, at most
// customer.MaxStalePasses.
func (s *Store) StalePasses(ctx context.Context, orgID string, wallet customer.Wallet) ([]customer.HeldPass, error) {
	query, known := behindInWallet[wallet]
	if !known {
		return nil, fmt.Errorf("list stale passes: there is no wallet %q", wallet)
	}
	return readAll(ctx, s, orgID, func(r scanner) (h customer.HeldPass, err error) {
		h.Pass, err = scanWalletPass(scanMore{r, append([]any{&h.CardID}, customerTargets(&h.Customer)...)})
		return h, err
	}, query, orgID, customer.MaxStalePasses)
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
