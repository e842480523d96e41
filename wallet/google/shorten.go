package google

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Joiners and marks that belong to the rune before them.
const (
	zeroWidthJoiner    = '\u200d'
	firstSkinTone      = '\U0001f3fb'
	lastSkinTone       = '\U0001f3ff'
	firstFlagLetter    = '\U0001f1e6'
	lastFlagLetter     = '\U0001f1ff'
	ellipsis           = "…"
	firstTagCharacter  = '\U000e0020'
	lastTagCharacter   = '\U000e007f'
	firstVariation     = '\ufe00'
	lastVariation      = '\ufe0f'
	firstEmbedding     = '\u202a' // embeddings and overrides of direction
	lastEmbedding      = '\u202e'
	firstIsolate       = '\u2066' // isolates of direction
	lastIsolate        = '\u2069'
	objectReplacement  = '\ufffc'
	byteOrderMark      = '\ufeff'
	replacementForJunk = ""
)

// Shorten returns a text as it can stand on a card: at most limit runes, the last
// of them "…" when something was cut off. It never cuts between an emoji or a letter
// and what is joined to it, and leaves out control characters, what turns the
// direction of the text that follows, and bytes that are not UTF-8. So a name of 500
// characters, or one that was typed to confuse, never keeps a card from being made.
func Shorten(text string, limit int) string {
	clean := strings.TrimSpace(strings.Map(keep, strings.ToValidUTF8(text, replacementForJunk)))
	if utf8.RuneCountInString(clean) <= limit {
		return clean
	}
	runes := []rune(clean)
	end := max(limit-1, 0)
	for end > 0 && belongsToPrevious(runes, end) {
		end--
	}
	return strings.TrimRightFunc(string(runes[:end]), unicode.IsSpace) + ellipsis
}

// keep drops characters that have no place in a name (strings.Map leaves out -1).
func keep(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return ' '
	case unicode.IsControl(r), r == objectReplacement, r == byteOrderMark,
		r >= firstEmbedding && r <= lastEmbedding, r >= firstIsolate && r <= lastIsolate:
		return -1
	}
	return r
}

// belongsToPrevious tells whether a cut before runes[at] would tear something apart.
func belongsToPrevious(runes []rune, at int) bool {
	r := runes[at]
	switch {
	case r == zeroWidthJoiner, runes[at-1] == zeroWidthJoiner, unicode.Is(unicode.M, r),
		r >= firstVariation && r <= lastVariation,
		r >= firstSkinTone && r <= lastSkinTone,
		r >= firstTagCharacter && r <= lastTagCharacter:
		return true
	case isFlagLetter(r):
		// Flags are pairs: cut before an even number of letters only.
		before := 0
		for i := at - 1; i >= 0 && isFlagLetter(runes[i]); i-- {
			before++
		}
		return before%2 == 1
	}
	return false
}

func isFlagLetter(r rune) bool { return r >= firstFlagLetter && r <= lastFlagLetter }
