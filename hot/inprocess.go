package hot

import (
	"context"
	"slices"
	"sync"
)

// Bounds of an InProcessState. What was not used for the longest time goes first.
const (
	// MaxInProcessBytes bounds the cards, in bytes with what keeping them costs.
	MaxInProcessBytes = 64 << 20
	// MaxInProcessCells bounds the cells of the live totals, and those being counted.
	MaxInProcessCells = 20_000
	// MaxInProcessCalls bounds what Allow remembers: eight bytes for every call, and
	// inProcessKeyCalls calls' worth for every key.
	MaxInProcessCalls = 2_000_000

	// inProcessCardBytes is about what a card costs besides its own bytes.
	inProcessCardBytes = 400
	// inProcessAliasBytes is about what an alias costs besides its own bytes.
	inProcessAliasBytes = 120
	// inProcessKeyCalls is about what a key of Allow costs, in calls.
	inProcessKeyCalls = 20
)

// InProcessState is a State for one process, in bounded memory. Other processes
// neither see nor hear it.
type InProcessState struct {
	InProcess
	*inProcessTotals
	*inProcessLimits

	mu    sync.Mutex
	epoch int64
	// cards holds whole cards, and markers, which have KeepRest.
	cards *lru[CardRef, *CardState]
	// aliases holds, for the aliases of the cards in cards and for no others, the
	// card's id.
	aliases map[aliasRef]string
}

type aliasRef struct{ org, alias string }

var _ State = (*InProcessState)(nil)

// NewInProcessState returns an empty InProcessState at epoch 0.
func NewInProcessState() *InProcessState {
	s := &InProcessState{
		inProcessTotals: newInProcessTotals(),
		inProcessLimits: newInProcessLimits(),
		aliases:         map[aliasRef]string{},
	}
	s.cards = newLRU(MaxInProcessBytes, s.forgetAliases)
	return s
}

// forgetAliases removes the pointers to a card that leaves, other than those that
// point to another card by now.
func (s *InProcessState) forgetAliases(ref CardRef, state *CardState) {
	for _, alias := range state.Aliases {
		key := aliasRef{ref.Org, alias}
		if s.aliases[key] == ref.Card {
			delete(s.aliases, key)
		}
	}
}

// Project implements Cards. It never fails but for its arguments.
func (s *InProcessState) Project(_ context.Context, batch []CardState) error {
	if err := checkBatch(batch); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range batch {
		s.project(&batch[i])
	}
	return nil
}

// Follow implements State. It never fails but for its arguments.
func (s *InProcessState) Follow(ctx context.Context, round Round) error {
	if err := checkRound(round); err != nil {
		return err
	}
	if err := s.Project(ctx, round.Cards); err != nil {
		return err
	}
	for _, push := range round.Pushes {
		if err := s.AddTotals(ctx, push); err != nil {
			return err
		}
	}
	for _, topic := range round.Topics {
		s.Publish(topic)
	}
	return nil
}

// project decides as scripts/project.lua does.
func (s *InProcessState) project(next *CardState) {
	old, known := s.cards.get(next.CardRef)
	if known && (old.Version > next.Version || old.Version == next.Version && next.KeepRest) {
		return
	}
	state := *next
	if next.KeepRest {
		switch {
		case !known || old.KeepRest || old.Version < next.Since || len(next.Payload)+len(old.Rest)+len(next.Rest) > MaxPayload:
			state = Changed(next.CardRef, next.Version)
		case len(old.Payload) == len(next.Payload) && len(next.Rest) == 0: // costs what it did
			old.Version, old.Payload = next.Version, next.Payload
			return
		default:
			state.Rest = slices.Concat(old.Rest, next.Rest)
			state.Aliases, state.KeepRest, state.Since = old.Aliases, false, 0
		}
	}
	cost := inProcessCardBytes + len(state.Org) + len(state.Card) + len(state.Payload) + len(state.Rest)
	for _, alias := range state.Aliases {
		cost += inProcessAliasBytes + len(state.Org) + len(alias)
	}
	s.cards.put(state.CardRef, &state, cost)
	for _, alias := range state.Aliases {
		s.aliases[aliasRef{state.Org, alias}] = state.Card
	}
}

// Card implements Cards.
func (s *InProcessState) Card(_ context.Context, ref CardRef) (CardState, bool, error) {
	if err := checkRef(ref); err != nil {
		return CardState{}, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.card(ref)
}

// CardByAlias implements Cards.
func (s *InProcessState) CardByAlias(_ context.Context, org, alias string) (CardState, bool, error) {
	if err := checkAlias(org, alias); err != nil {
		return CardState{}, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	card, ok := s.aliases[aliasRef{org, alias}]
	if !ok {
		return CardState{}, false, nil
	}
	return s.card(CardRef{org, card})
}

func (s *InProcessState) card(ref CardRef) (CardState, bool, error) {
	state, ok := s.cards.get(ref)
	if !ok || state.KeepRest {
		return CardState{}, false, nil
	}
	found := *state
	found.Aliases = nil // not read back, as the contract says
	return found, true, nil
}

// SetEpoch implements State.
func (s *InProcessState) SetEpoch(epoch int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if epoch == s.epoch {
		return
	}
	s.epoch = epoch
	s.cards = newLRU(MaxInProcessBytes, s.forgetAliases)
	clear(s.aliases)
	s.inProcessTotals.forget()
	s.inProcessLimits.forget()
}

// Health implements State: memory is always there.
func (s *InProcessState) Health(context.Context) Health {
	return Health{OK: true, Detail: "in process"}
}

// Close implements State. There is nothing to stop.
func (s *InProcessState) Close() error { return nil }
