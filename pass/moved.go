package pass

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/apple"
)

// noBalance stands where the balance is, on passes that show nothing of their card.
const noBalance = "–"

// leads tells which card has the stamps of one that was merged into it.
type leads interface {
	// MovedCard returns the usable card with the stamps of the card with the link, whose
	// customer was merged into another one, or loyalty.ErrNotFound.
	MovedCard(ctx context.Context, orgID, link string) (customer.View, error)
}

// moved reports whether the card of a pass with the code was merged into another card of
// the same person, to which its code leads at tills. The pass then goes on being held out
// there: it keeps its code and says where the stamps are. It has nothing else of the other
// card, for the merge may be a mistake; and no balance, for no change of the other card
// would reach this pass.
func moved(ctx context.Context, store leads, v customer.View, code string) (bool, error) {
	if v.Card.Status != loyalty.CardMerged || v.Code != code || v.Card.BlockedAt != 0 {
		return false, nil
	}
	_, err := store.MovedCard(ctx, v.Card.OrgID, v.Link)
	if errors.Is(err, loyalty.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read moved card: %w", err)
	}
	return true, nil
}

// movedWords say so, as the card's page does.
func movedWords(org organization.Organization) apple.Text {
	return inAll(org, func(l locale.Localizer) string { return strings.Join(movedSentences(l), " ") })
}

// movedLines say it sentence by sentence, for a wallet whose lines are short.
func movedLines(org organization.Organization) []apple.Text {
	lines := make([]apple.Text, len(movedSentences(locale.For(org.Locale))))
	for n := range lines {
		lines[n] = inAll(org, func(l locale.Localizer) string { return movedSentences(l)[n] })
	}
	return lines
}

// movedSentences are as many in every language; a test counts them.
func movedSentences(l locale.Localizer) []string {
	where, still, _ := strings.Cut(l.T("card.moved_text"), ". ")
	return []string{l.T("card.moved_title") + ".", where + ".", still}
}
