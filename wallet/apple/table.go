package apple

import (
	"maps"
	"slices"
	"strings"
)

// vocabulary is what a design says in all languages, written once for all of its passes.
type vocabulary struct {
	// literals are texts of the design that must not be translated.
	literals map[string]bool
	byKey    map[string]Text
	// parts are the lines of the file pass.strings by locale.
	parts map[string]part
}

// part is some lines of a file, in both of the encodings that it may have.
type part struct {
	text  string
	utf16 []byte // with its mark
	ascii bool
}

func newPart(text string) part {
	return part{text: text, utf16: appendUTF16(nil, byteOrderMark+text), ascii: isASCII(text)}
}

// newVocabulary writes the texts of a design, which were cleaned.
func newVocabulary(d Design) *vocabulary {
	v := &vocabulary{literals: map[string]bool{d.Organization: true, d.LogoText: true}, parts: map[string]part{}}
	for _, t := range d.texts() {
		if len(t.Translations) == 0 {
			v.literals[t.Plain] = true
		}
	}
	all := &table{literals: v.literals, byKey: map[string]Text{}}
	for _, t := range d.texts() {
		all.key(t)
	}
	v.byKey = all.byKey
	for locale := range all.locales() {
		v.parts[locale] = newPart(lines(v.byKey, locale))
	}
	return v
}

// table collects the translations of a pass. The text itself is the key by which a phone
// looks its translation up, so that one with a language that we do not have shows the
// text and not a key.
type table struct {
	// design is what the design says; nil if its words cannot be used as they are.
	design *vocabulary
	// literals are the texts of the pass that must not be translated, such as the name of
	// a customer who is called as a label is.
	literals map[string]bool
	byKey    map[string]Text // beside those of the design
}

// newTable returns the table of a pass with such literals.
func newTable(v *vocabulary, literals []string) *table {
	t := &table{design: v, literals: make(map[string]bool, len(literals)), byKey: map[string]Text{}}
	for _, l := range literals {
		t.literals[l] = true
		if _, ours := v.byKey[l]; ours {
			t.design = nil // the customer has the name of a label: all keys are chosen anew
		}
	}
	if t.design == nil {
		maps.Copy(t.literals, v.literals)
	}
	return t
}

// disambiguator makes a key another key that looks the same: a word joiner, without
// width.
const disambiguator = "\u2060"

// key returns what pass.json holds for a text.
func (t *table) key(text Text) string {
	if len(text.Translations) == 0 {
		return text.Plain
	}
	key := text.Plain
	for {
		known, taken := t.lookUp(key)
		if taken && maps.Equal(known.Translations, text.Translations) {
			return key
		}
		if !taken && !t.literal(key) {
			t.byKey[key] = text
			return key
		}
		key += disambiguator
	}
}

func (t *table) lookUp(key string) (Text, bool) {
	if t.design != nil {
		if text, ok := t.design.byKey[key]; ok {
			return text, true
		}
	}
	text, ok := t.byKey[key]
	return text, ok
}

func (t *table) literal(key string) bool {
	return t.literals[key] || (t.design != nil && t.design.literals[key])
}

// locales returns the languages of the pass.
func (t *table) locales() map[string]bool {
	seen := map[string]bool{}
	if t.design != nil {
		for locale := range t.design.parts {
			seen[locale] = true
		}
	}
	for _, text := range t.byKey {
		for locale := range text.Translations {
			seen[locale] = true
		}
	}
	return seen
}

// strings returns the file pass.strings of a locale. All of a pass's keys are in each, so
// that a language without one of them shows that text and not nothing. ASCII stays as it
// is, anything else becomes UTF-16 with a byte order mark, which phones of all ages read.
// keys are those of the pass beside the design's, in their order.
func (t *table) strings(locale string, keys []string) []byte {
	design := newPart("")
	if t.design != nil {
		var known bool
		if design, known = t.design.parts[locale]; !known {
			design = newPart(lines(t.design.byKey, locale))
		}
	}
	rest := linesOf(keys, t.byKey, locale)
	if design.ascii && isASCII(rest) {
		return []byte(design.text + rest)
	}
	return appendUTF16(slices.Clip(design.utf16), rest)
}

// keys returns what the pass says beside its design, in order.
func (t *table) keys() []string { return slices.Sorted(maps.Keys(t.byKey)) }

// lines writes texts in a locale, in the order of their keys.
func lines(byKey map[string]Text, locale string) string {
	return linesOf(slices.Sorted(maps.Keys(byKey)), byKey, locale)
}

func linesOf(keys []string, byKey map[string]Text, locale string) string {
	const usual = 64 // bytes of a line
	b := make([]byte, 0, usual*len(keys))
	for _, key := range keys {
		b = append(append(b, '"'), quoted(key)...)
		b = append(append(b, `" = "`...), quoted(byKey[key].in(locale))...)
		b = append(b, "\";\n"...)
	}
	return string(b)
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func quoted(s string) string { return quoter.Replace(s) }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
