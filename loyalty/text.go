package loyalty

// Text is one sentence or name in several languages: a map from a locale, such
// as "fi", to the words.
type Text map[string]string

// In returns the words for locale, else those for fallback, else the English
// ones, else any (the alphabetically first locale's, so that the answer does not
// change from call to call). It returns "" only for an empty Text.
func (t Text) In(locale, fallback string) string {
	for _, l := range [...]string{locale, fallback, "en"} {
		if s := t[l]; s != "" {
			return s
		}
	}
	first := ""
	for l := range t {
		if t[l] != "" && (first == "" || l < first) {
			first = l
		}
	}
	return t[first]
}
