package projection

import "sync"

// maxCodes bounds the codes of which is remembered whose they are: some 3 MB.
const maxCodes = 16_384

// codeKey is a code of an organization's.
type codeKey struct{ orgID, code string }

// codes remembers which cards were found by their codes lately: who scans a card stamps it
// a moment later, and redeems what it has earned. Such a card is asked for by its id, and
// where its code leads to needs no question of its own.
//
// What is remembered need not be right. A card's state has its code, and one with another
// code is not believed, so a code that was replaced ends here when it ends elsewhere.
type codes struct {
	mu    sync.RWMutex
	cards map[codeKey]string
}

func newCodes() *codes { return &codes{cards: map[codeKey]string{}} }

// card returns the id of the card that was found by the code, "" if none was lately.
func (c *codes) card(key codeKey) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.cards[key]
}

// remember makes room by dropping everything: what is asked for often is back at once.
func (c *codes) remember(key codeKey, cardID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.cards) >= maxCodes {
		clear(c.cards)
	}
	c.cards[key] = cardID
}
