package hot

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// checkName returns an *InputError unless name can be part of a key: a colon ends
// the name before it, so that no two organizations share a key.
func checkName(field, name string, last bool) error {
	switch {
	case name == "":
		return &InputError{field, "must not be empty"}
	case len(name) > MaxName:
		return &InputError{field, fmt.Sprintf("must have at most %d bytes", MaxName)}
	case !last && strings.Contains(name, ":"):
		return &InputError{field, "must not contain a colon"}
	}
	return nil
}

func checkRef(ref CardRef) error {
	if err := checkName("Org", ref.Org, false); err != nil {
		return err
	}
	return checkName("Card", ref.Card, true)
}

func checkAlias(org, alias string) error {
	if err := checkName("Org", org, false); err != nil {
		return err
	}
	return checkName("Alias", alias, true)
}

func checkBatch(batch []CardState) error {
	if len(batch) > MaxBatch {
		return &InputError{"batch", fmt.Sprintf("must hold at most %d cards", MaxBatch)}
	}
	for i := range batch {
		s := &batch[i]
		if err := checkRef(s.CardRef); err != nil {
			return err
		}
		if len(s.Payload)+len(s.Rest) > MaxPayload {
			return &InputError{"Payload", fmt.Sprintf("must have at most %d bytes with Rest", MaxPayload)}
		}
		if s.KeepRest && s.Since > s.Version {
			return &InputError{"Since", "must not be above Version"}
		}
		if s.KeepRest && len(s.Aliases) > 0 {
			return &InputError{"KeepRest", "must not be set beside Aliases"}
		}
		if len(s.Aliases) > MaxAliases {
			return &InputError{"Aliases", fmt.Sprintf("must be at most %d", MaxAliases)}
		}
		for _, alias := range s.Aliases {
			if err := checkName("Aliases", alias, true); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkCell(c Cell) error {
	for _, part := range [...]struct{ field, name string }{
		{"Org", c.Org}, {"Program", c.Program}, {"Location", c.Location}, {"Day", c.Day},
	} {
		if err := checkName(part.field, part.name, false); err != nil {
			return err
		}
	}
	return nil
}

func checkCells(cells []Cell) error {
	if len(cells) > MaxBatch {
		return &InputError{"cells", fmt.Sprintf("must be at most %d", MaxBatch)}
	}
	for _, c := range cells {
		if err := checkCell(c); err != nil {
			return err
		}
	}
	return nil
}

func checkSource(source string, seq uint64) error {
	if err := checkName("Source", source, true); err != nil {
		return err
	}
	if strings.ContainsFunc(source, unicode.IsSpace) {
		return &InputError{"Source", "must not contain white space"}
	}
	if seq == 0 || seq > MaxSeq {
		return &InputError{"Seq", "must be between 1 and 2^53"}
	}
	return nil
}

func checkPush(push Push) error {
	if err := checkSource(push.Source, push.Seq); err != nil {
		return err
	}
	if len(push.Increments) > MaxBatch {
		return &InputError{"Increments", fmt.Sprintf("must be at most %d", MaxBatch)}
	}
	// Most pushes are small: a map would cost more than looking through them.
	var cells map[Cell]struct{}
	if len(push.Increments) > fewIncrements {
		cells = make(map[Cell]struct{}, len(push.Increments))
	}
	for i, inc := range push.Increments {
		if err := checkCell(inc.Cell); err != nil {
			return err
		}
		_, twice := cells[inc.Cell]
		if cells != nil {
			cells[inc.Cell] = struct{}{}
		} else {
			twice = slices.ContainsFunc(push.Increments[:i], func(other Increment) bool { return other.Cell == inc.Cell })
		}
		if twice {
			return &InputError{"Increments", "must hold each cell once"}
		}
	}
	return nil
}

// fewIncrements is up to how many increments a push is looked through for a cell that
// it holds twice.
const fewIncrements = 16

func checkRound(round Round) error {
	if err := checkBatch(round.Cards); err != nil {
		return err
	}
	increments := 0
	for _, push := range round.Pushes {
		if err := checkPush(push); err != nil {
			return err
		}
		increments += len(push.Increments)
	}
	switch {
	case len(round.Pushes) > MaxBatch:
		return &InputError{"Pushes", fmt.Sprintf("must be at most %d", MaxBatch)}
	case increments > MaxBatch:
		return &InputError{"Pushes", fmt.Sprintf("must have at most %d increments", MaxBatch)}
	case len(round.Topics) > MaxBatch:
		return &InputError{"Topics", fmt.Sprintf("must be at most %d", MaxBatch)}
	}
	return nil
}

func checkSeen(seen map[string]uint64) error {
	if len(seen) > MaxSources {
		return &InputError{"seen", fmt.Sprintf("must hold at most %d sources", MaxSources)}
	}
	for source, seq := range seen {
		if err := checkSource(source, seq); err != nil {
			return err
		}
	}
	return nil
}

func checkLimit(key string, limit int, window time.Duration) error {
	switch {
	case limit < 1 || limit > MaxLimit:
		return &InputError{"limit", fmt.Sprintf("must be between 1 and %d", MaxLimit)}
	case window < time.Millisecond || window > MaxWindow:
		return &InputError{"window", fmt.Sprintf("must be between 1ms and %s", MaxWindow)}
	}
	return checkName("key", key, true)
}
