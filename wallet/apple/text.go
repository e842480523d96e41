package apple

import (
	"strings"
	"unicode"
)

// Limits of texts, in characters (code points). A longer text is cut, with an ellipsis:
// what a customer typed must not keep them from having a card.
const (
	MaxTextRunes = 80    // on the front of a pass
	MaxBackRunes = 8_000 // in one field on the back
)

// Text is what is shown, in several languages.
type Text struct {
	// Plain is shown where there is no translation.
	Plain string
	// Translations are by locale, such as fi.
	Translations map[string]string
}

// Say returns a text that is the same in all languages: a name, a number.
func Say(s string) Text { return Text{Plain: s} }

// IsZero reports whether there is nothing to show.
func (t Text) IsZero() bool { return t.Plain == "" && len(t.Translations) == 0 }

// in returns the text in a locale.
func (t Text) in(locale string) string {
	if s, ok := t.Translations[locale]; ok {
		return s
	}
	return t.Plain
}

// clean returns the text with every translation cleaned, see cleaned.
func (t Text) clean(limit int, lines bool) Text {
	out := Text{Plain: cleaned(t.Plain, limit, lines)}
	if len(t.Translations) > 0 {
		out.Translations = make(map[string]string, len(t.Translations))
		for locale, s := range t.Translations {
			out.Translations[locale] = cleaned(s, limit, lines)
		}
	}
	return out
}

// joinLines puts texts below each other, in each language.
func joinLines(texts []Text) Text {
	locales := map[string]bool{}
	for _, t := range texts {
		for locale := range t.Translations {
			locales[locale] = true
		}
	}
	join := func(locale string) string {
		var lines []string
		for _, t := range texts {
			lines = append(lines, t.in(locale))
		}
		return strings.Join(lines, "\n")
	}
	out := Text{Plain: join("")}
	for locale := range locales {
		if out.Translations == nil {
			out.Translations = map[string]string{}
		}
		out.Translations[locale] = join(locale)
	}
	return out
}

// cleaned returns what may be shown of a text that somebody typed: valid UTF-8, without
// control characters and without those that turn the direction of what follows, which
// would turn the rest of the card; lines are kept on the back only. Right-to-left
// names need no such characters, they have their direction in themselves.
func cleaned(s string, limit int, lines bool) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case r == '\n', r == '\t', r == '\u2028', r == '\u2029':
			return ' '
		case unicode.IsControl(r), isDirection(r), r == '\ufeff', r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return cut(strings.TrimSpace(s), limit)
}

func isDirection(r rune) bool {
	return (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

// cut shortens a text to a number of code points, between two that do not belong
// together: not within an emoji made of several or before an accent.
func cut(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	end := limit - 1 // room for the ellipsis
	for end > 0 && joined(runes, end) {
		end--
	}
	if end == 0 { // nothing but accents: there is no good place
		end = limit - 1
	}
	return strings.TrimRightFunc(string(runes[:end]), unicode.IsSpace) + "…"
}

// joined reports whether the character at i belongs to the one before it.
func joined(runes []rune, i int) bool {
	const joiner, skinLight, skinDark, flagA, flagZ = '\u200d', '\U0001f3fb', '\U0001f3ff', '\U0001f1e6', '\U0001f1ff'
	r, before := runes[i], runes[i-1]
	if r == joiner || before == joiner || unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || (r >= skinLight && r <= skinDark) {
		return true
	}
	if r < flagA || r > flagZ {
		return false
	}
	letters := 0 // of flags before this one: they come in pairs
	for j := i - 1; j >= 0 && runes[j] >= flagA && runes[j] <= flagZ; j-- {
		letters++
	}
	return letters%2 == 1
}
