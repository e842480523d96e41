package locale

import (
	"golang.org/x/text/language"
)

// Bounds of what a browser's Accept-Language header is looked at.
const (
	maxHeaderLen = 512 // bytes; longer ones are not looked at
	maxWishes    = 20
)

// Match returns the locale for a visitor: want if it names one, else the first
// language of the Accept-Language header (RFC 9110, 12.5.4) that there is a catalog
// for, else "". A region does not matter: fr-CH finds fr. Only the language itself
// counts and not one that its speakers are likely to understand, too, which can
// offend.
func Match(acceptLanguage, want string) string {
	if l := known(want); l != "" {
		return l
	}
	if len(acceptLanguage) > maxHeaderLen {
		return ""
	}
	wishes, weights, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return ""
	}
	for i, wish := range wishes[:min(len(wishes), maxWishes)] {
		if weights[i] == 0 {
			continue // "q=0" means: not this one
		}
		if l := knownTag(wish); l != "" {
			return l
		}
	}
	return ""
}

func known(s string) string {
	if s == "" || len(s) > maxHeaderLen {
		return ""
	}
	tag, err := language.Parse(s)
	if err != nil {
		return ""
	}
	return knownTag(tag)
}

func knownTag(tag language.Tag) string {
	base, confidence := tag.Base()
	// Below High, the language was guessed, from a region for example.
	if l := base.String(); confidence >= language.High && Known(l) {
		return l
	}
	return ""
}
