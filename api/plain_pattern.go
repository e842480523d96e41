package api

import (
	"regexp/syntax"
)

// plainPattern is a regular expression of the contract that only says how many
// characters of which kind follow one another, such as that of an id. Running over it
// costs a tenth of what package regexp takes.
//
// It may say no to what the expression matches (it never goes back to try again), but
// never yes to what it does not.
type plainPattern []charactersOf

// charactersOf are min to max characters of a set of ASCII characters.
type charactersOf struct {
	set      [2]uint64
	min, max int
}

func (c *charactersOf) add(from, to rune) {
	for r := from; r <= to && r < 128; r++ {
		c.set[r/64] |= 1 << (r % 64)
	}
}

// compilePlainPattern returns false for an expression that is not plain or does not
// stand for the whole text.
func compilePlainPattern(expression string) (plainPattern, bool) {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil || tree.Op != syntax.OpConcat || len(tree.Sub) < 2 ||
		tree.Sub[0].Op != syntax.OpBeginText || tree.Sub[len(tree.Sub)-1].Op != syntax.OpEndText {
		return nil, false
	}
	p := plainPattern{}
	for _, part := range tree.Sub[1 : len(tree.Sub)-1] {
		least, most := 1, 1
		switch part.Op {
		case syntax.OpPlus:
			part, most = part.Sub[0], maxPlainBody
		case syntax.OpStar:
			part, least, most = part.Sub[0], 0, maxPlainBody
		case syntax.OpQuest:
			part, least = part.Sub[0], 0
		case syntax.OpRepeat:
			least, most = part.Min, part.Max
			if part = part.Sub[0]; most < 0 {
				most = maxPlainBody
			}
		default: // once, or nothing that plainRuns knows
		}
		runs, ok := plainRuns(part, least, most)
		if !ok {
			return nil, false
		}
		p = append(p, runs...)
	}
	return p, true
}

// plainRuns reads one part of an expression: a class of characters, or a text, which
// cannot be repeated.
func plainRuns(part *syntax.Regexp, least, most int) ([]charactersOf, bool) {
	switch {
	case part.Op == syntax.OpCharClass:
		c := charactersOf{min: least, max: most}
		for i := 0; i < len(part.Rune); i += 2 {
			c.add(part.Rune[i], part.Rune[i+1])
		}
		return []charactersOf{c}, true
	case part.Op == syntax.OpLiteral && part.Flags&syntax.FoldCase == 0 && (len(part.Rune) == 1 || least == 1 && most == 1):
		runs := make([]charactersOf, len(part.Rune))
		for i, r := range part.Rune {
			if r >= 128 {
				return nil, false
			}
			runs[i] = charactersOf{min: least, max: most}
			runs[i].add(r, r)
		}
		return runs, true
	}
	return nil, false
}

// matches reports whether s, which is ASCII, is of the form. A nil pattern asks for
// none.
func (p plainPattern) matches(s string) bool {
	if p == nil {
		return true
	}
	at := 0
	for i := range p {
		c := &p[i]
		n := 0
		for n < c.max && at < len(s) && s[at] < 128 && c.set[s[at]/64]&(1<<(s[at]%64)) != 0 {
			n++
			at++
		}
		if n < c.min {
			return false
		}
	}
	return at == len(s)
}
