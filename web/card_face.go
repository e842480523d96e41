package web

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// cardFace is the part of a card page that changes with every stamp. It is shown
// with the page and sent again, by itself, when the card changes (card_live.go).
type cardFace struct {
	*page
	// State names what is shown; another state is another face.
	State string
	// AsOf is when it was read, in UTC milliseconds.
	AsOf    int64
	Program string
	Hello   string
	// Said is the balance in words, "4 of 10 stamps, 6 to go", and Progress and Missing
	// are its two halves.
	Said, Progress, Missing string
	Debt                    string
	// Filled is the number of stamps drawn, Round the count of cards filled before.
	Filled, Round int
	Columns       int
	Slots         []slot
	NextReward    string
	NextMissing   string
	Milestones    []cardMilestone
	Rewards       []readyReward
	Used          []usedReward
	Provisional   *provisional
	// Blocked tells that the card earns and pays out nothing for the time being.
	Blocked   bool
	History   history
	SendAgain string
}

// slot is one place for a stamp.
type slot struct {
	Number int
	Filled bool
	// Prize marks the places at which a reward is given.
	Prize bool
	// Turn is by how many degrees the ring is turned, so that no two stamps that stand
	// together are worn at the same spots.
	Turn int
}

type cardMilestone struct {
	Text    string
	Reached bool
}

// provisional is the request to confirm the contact.
type provisional struct {
	Text    string
	Welcome []string
}

// maxSlots is the largest card that is drawn stamp by stamp.
const maxSlots = loyalty.MaxGoal

// face reads what the card shows now. history is the page of the ledger wanted.
func (w *Web) face(r *request, view customer.View, wanted paging.Page) (cardFace, error) {
	p, c := view.Program, view.Card
	goal := loyalty.CardGoal(p, c)
	next, missing := loyalty.Next(p, c)
	filled := min(max(c.Balance, 0), goal)
	f := cardFace{
		page: r.newPage(""), State: stateOf(view), AsOf: r.now(),
		Progress: r.N("card.progress", goal, "balance", r.texts.Number(int64(filled))), Missing: r.N("card.missing", goal-filled),
		Filled: filled, Round: c.Round, Columns: columnsFor(goal), Slots: slotsOf(p, goal, filled),
		NextReward: r.words(next.Name), NextMissing: r.N("card.next", missing),
		Milestones: r.milestonesOf(p, c, goal), Provisional: r.provisionalOf(view), Blocked: c.BlockedAt != 0,
		SendAgain: r.cardPath(view.Link) + "/confirmation",
	}
	f.Program = cmp.Or(f.BrandText().CardTitle, r.words(p.Name))
	f.Said = f.Progress + ", " + f.Missing
	if view.Customer.FirstName != "" {
		f.Hello = r.T("card.hello", "name", view.Customer.FirstName)
	}
	if c.Balance < 0 {
		f.Debt = r.N("card.debt", -c.Balance)
	}
	f.Rewards = r.readyRewards(view)
	var err error
	f.History, f.Used, err = w.historyOf(r, view, wanted)
	return f, err
}

// stateOf names what a card page shows of the card, so that two reads can be
// compared. A coupon that expires changes it too.
func stateOf(view customer.View) string {
	return fmt.Sprintf("%d-%s-%d", view.Card.Version, view.Card.Status, len(view.Coupons))
}

// words returns a text of the organization in the visitor's language or, where it
// has none, the organization's.
func (r *request) words(t loyalty.Text) string { return t.In(r.texts.Locale(), r.org.Locale) }

// until says the last day of a coupon. ExpiresAt is the end of that day, so the day
// is that of the instant before.
func (r *request) until(c loyalty.Coupon) string {
	if c.ExpiresAt == 0 {
		return r.T("card.reward_forever")
	}
	return r.T("card.reward_until", "date", r.texts.Date(c.ExpiresAt-1, r.zone()))
}

func slotsOf(p loyalty.Program, goal, filled int) []slot {
	slots := make([]slot, min(goal, maxSlots))
	for i := range slots {
		slots[i] = slot{Number: i + 1, Filled: i < filled, Prize: i+1 == goal, Turn: (i + 1) * 77 % 360}
	}
	for _, reward := range p.Rewards {
		if reward.Kind == loyalty.RewardMilestone && reward.At >= 1 && reward.At <= len(slots) {
			slots[reward.At-1].Prize = true
		}
	}
	return slots
}

// columnsFor chooses how many stamps stand in a row, so that the last row is not a
// lonely one where that can be helped.
func columnsFor(goal int) int {
	switch {
	case goal <= 4:
		return max(goal, 2)
	case goal == 6 || goal == 9:
		return 3
	case goal == 7 || goal == 8 || goal == 11 || goal == 12:
		return 4
	case goal <= 20:
		return 5
	case goal <= 40:
		return 6
	}
	return 10
}

func (r *request) milestonesOf(p loyalty.Program, c loyalty.Card, goal int) []cardMilestone {
	var all []cardMilestone
	for at := 1; at < goal; at++ {
		for _, reward := range p.Rewards {
			if reward.Kind == loyalty.RewardMilestone && reward.At == at {
				all = append(all, cardMilestone{
					Text:    r.N("card.milestone", at, "reward", r.words(reward.Name)),
					Reached: at <= c.Milestone || at <= c.Balance,
				})
			}
		}
	}
	return all
}

// provisionalOf returns the request to confirm, nil for a card that is confirmed or has
// no contact yet.
func (r *request) provisionalOf(view customer.View) *provisional {
	if c := view.Customer; view.Card.Status != loyalty.CardProvisional || c.PendingPhone+c.PendingEmail == "" {
		return nil
	}
	return &provisional{Text: r.T("card.provisional_text", "contact", pendingContact(view.Customer)), Welcome: r.welcomeAhead(view)}
}

// welcomeAhead says what a confirmed contact will bring.
func (r *request) welcomeAhead(view customer.View) []string {
	if view.Card.WelcomedAt != 0 {
		return nil
	}
	var ahead []string
	for _, reward := range view.Program.Rewards {
		if reward.Kind == loyalty.RewardWelcome {
			ahead = append(ahead, r.T("card.provisional_welcome", "reward", r.words(reward.Name)))
		}
	}
	if n := view.Program.WelcomeStamps; n > 0 {
		ahead = append(ahead, r.N("card.provisional_welcome_stamps", n))
	}
	return ahead
}

// pendingContact is where the confirmation link goes, mostly hidden: the page may
// be looked at over a shoulder.
func pendingContact(c customer.Customer) string {
	if c.PendingPhone != "" {
		return hideMiddle(c.PendingPhone, 4, 3)
	}
	local, domain, ok := strings.Cut(c.PendingEmail, "@")
	if !ok {
		return "•••"
	}
	return hideMiddle(local, 1, 0) + "@" + domain
}

// hideMiddle replaces all but the first and last characters by dots.
func hideMiddle(s string, first, last int) string {
	runes := []rune(s)
	if len(runes) <= first+last {
		first, last = min(1, len(runes)), 0
	}
	return string(runes[:first]) + "•••" + string(runes[len(runes)-last:])
}

// historyPage is how many ledger entries a card page shows at once.
const historyPage = 10

// history is a page of the card's ledger in words.
type history struct {
	Lines []historyLine
	// Earlier is the address of the page before, "" if there is none. Newest tells
	// that this is the first page; others are not replaced by live changes.
	Earlier string
	Newest  bool
	Latest  string
}

type historyLine struct {
	// Day is the date in the form of HTML's time element.
	Date, Day, What, Change, Balance string
	// Down marks a loss, which a minus sign says as well.
	Down bool
}

// historyOf reads a page of the ledger, and which rewards it says were used a moment ago.
func (w *Web) historyOf(r *request, view customer.View, wanted paging.Page) (history, []usedReward, error) {
	list, err := w.Cards.Entries(r.ctx(), r.org.ID, view.Card.ID, wanted)
	if err != nil {
		return history{}, nil, fmt.Errorf("read history: %w", err)
	}
	h := history{Newest: wanted.Cursor == "", Latest: r.cardPath(view.Link) + "#history"}
	if list.NextCursor != "" {
		h.Earlier = r.cardPath(view.Link) + "?before=" + list.NextCursor + "#history"
	}
	names := map[string]string{}
	for _, c := range view.Coupons {
		names[c.ID] = r.words(c.Name)
	}
	running := runningBalances(list.Items)
	for i, e := range list.Items {
		if e.CouponID != "" && names[e.CouponID] == "" {
			if names[e.CouponID], err = w.couponName(r, e.CouponID); err != nil {
				return history{}, nil, err
			}
		}
		line := historyLine{
			Date: r.texts.Date(e.At, r.zone()), Day: time.UnixMilli(e.At).In(r.zone()).Format(time.DateOnly), What: r.T("entry."+e.Topic(), "reward", names[e.CouponID]),
			Balance: r.texts.Number(int64(running[i])), Down: e.Quantity < 0,
		}
		if e.Quantity != 0 {
			line.Change = r.texts.Signed(int64(e.Quantity))
		}
		h.Lines = append(h.Lines, line)
	}
	return h, r.usedRewards(list.Items, names), nil
}

// runningBalances returns the balance after each entry, which are newest first. An
// entry itself bears that after its whole command: the tenth stamp of a card says 0,
// where a reader expects 10 and then 0.
func runningBalances(entries []loyalty.Entry) []int {
	balances := make([]int, len(entries))
	for i, e := range entries {
		balances[i] = e.BalanceAfter
		if i > 0 && entries[i-1].HeadID == e.HeadID {
			balances[i] = balances[i-1] - entries[i-1].Quantity
		}
	}
	return balances
}

// couponName asks for one coupon. At most historyPage are asked for, and mostly one
// or two.
func (w *Web) couponName(r *request, id string) (string, error) {
	c, err := w.Cards.Coupon(r.ctx(), r.org.ID, id)
	if errors.Is(err, loyalty.ErrNotFound) {
		return r.T("entry.a_reward"), nil
	}
	if err != nil {
		return "", fmt.Errorf("read coupon: %w", err)
	}
	return r.words(c.Name), nil
}
