package projection

import (
	"strings"
	"sync"
)

// generationCodes bounds the codes of one generation. Both together take some 5 MB.
const generationCodes = 16_384

// codeKey is a code of an organization's.
type codeKey struct{ orgID, code string }

// codes remembers which cards were found by their codes lately. Such a card is asked for
// by its id, and where its code leads to needs no question of its own.
//
// What is remembered need not be right. A card's state has its code, and one with another
// code is not believed, so a code that was replaced ends here when it ends elsewhere.
//
// There are two generations. What is asked for moves to the young one; when that is full
// it becomes the old one, and what nobody asked for meanwhile is forgotten.
type codes struct {
	mu         sync.RWMutex
	young, old map[codeKey]string
}

func newCodes() *codes { return &codes{young: map[codeKey]string{}} }

// card returns the id of the card that was found by the code, "" if none was lately.
func (c *codes) card(key codeKey) string {
	c.mu.RLock()
	id, young := c.young[key]
	if !young {
		id = c.old[key]
	}
	c.mu.RUnlock()
	if id != "" && !young {
		c.keep(key, id)
	}
	return id
}

// remember takes copies, as code and id may be parts of what is much longer.
func (c *codes) remember(key codeKey, cardID string) { c.keep(key, strings.Clone(cardID)) }

// keep takes a copy of the code.
func (c *codes) keep(key codeKey, cardID string) {
	key.code = strings.Clone(key.code)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.young[key]; !known && len(c.young) >= generationCodes {
		c.young, c.old = make(map[codeKey]string, generationCodes), c.young
	}
	c.young[key] = cardID
}
