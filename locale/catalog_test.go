package locale

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/nicksnyder/go-i18n/v2/i18n"

	"github.com/leima/leima/loyalty"
)

// demanded are the plural forms of whole and broken numbers by CLDR 48,
// supplemental/plurals.
var demanded = map[string][]string{
	"en": {"one", "other"},
	"fi": {"one", "other"},
	"sv": {"one", "other"},
	"de": {"one", "other"},
	"fr": {"many", "one", "other"},
	"pl": {"few", "many", "one", "other"},
	"ru": {"few", "many", "one", "other"},
}

var placeholder = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func placeholders(text string) []string {
	found := []string{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// TestEveryLanguageSaysEverything is what lets a page be written in English alone
// and be right in all languages.
func TestEveryLanguageSaysEverything(t *testing.T) {
	reference := loaded().messages["en"]
	for _, l := range Locales {
		catalog := loaded().messages[l]
		for key := range catalog {
			if reference[key] == nil {
				t.Errorf("%s: %s is not in the English catalog", l, key)
			}
		}
		for key, english := range reference {
			m := catalog[key]
			if m == nil {
				t.Errorf("%s: %s is missing", l, key)
				continue
			}
			for _, complaint := range complaints(l, m, english) {
				t.Errorf("%s: %s: %s", l, key, complaint)
			}
		}
	}
}

func complaints(l string, m, english *i18n.Message) []string {
	var found []string
	want := []string{"other"}
	if counted(english) {
		want = demanded[l]
	}
	have := []string{}
	for form, text := range forms(m) {
		have = append(have, form)
		found = append(found, textComplaints(text)...)
		if diff := cmp.Diff(placeholders(english.Other), placeholders(text)); diff != "" {
			found = append(found, form+": placeholders (-English +here): "+diff)
		}
	}
	slices.Sort(have)
	if diff := cmp.Diff(want, have); diff != "" {
		found = append(found, "plural forms (-wanted +here): "+diff)
	}
	return found
}

func textComplaints(text string) []string {
	var found []string
	if strings.TrimSpace(text) != text || text == "" {
		found = append(found, "is empty or has white space around it")
	}
	if rest := placeholder.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}<>&") {
		found = append(found, "has a broken placeholder or markup: "+text)
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			found = append(found, "has a control character: "+text)
		}
	}
	return found
}

// TestTheChecksBite gives the checks above what they are there to find.
func TestTheChecksBite(t *testing.T) {
	english := &i18n.Message{One: "{{.count}} stamp of {{.shop}}", Other: "{{.count}} stamps of {{.shop}}"}
	for name, broken := range map[string]*i18n.Message{
		"a form is missing":        {One: "{{.count}} {{.shop}}", Few: "{{.count}} {{.shop}}", Other: "{{.count}} {{.shop}}"},
		"a placeholder is missing": {One: "{{.count}}", Few: "{{.count}} {{.shop}}", Many: "{{.count}} {{.shop}}", Other: "{{.count}} {{.shop}}"},
		"another placeholder":      {One: "{{.count}} {{.shap}}", Few: "{{.count}} {{.shop}}", Many: "{{.count}} {{.shop}}", Other: "{{.count}} {{.shop}}"},
		"a broken one":             {One: "{{.count} {{.shop}}", Few: "{{.count}} {{.shop}}", Many: "{{.count}} {{.shop}}", Other: "{{.count}} {{.shop}}"},
	} {
		if len(complaints("pl", broken, english)) == 0 {
			t.Errorf("%s: nobody complains", name)
		}
	}
}

// TestNoLanguageIsACopyOfEnglish finds texts that were left untranslated. Those
// that are rightly the same are few and stand here.
func TestNoLanguageIsACopyOfEnglish(t *testing.T) {
	same := map[string][]string{
		"sv": {"till.program"},
		"de": {"staff.till_name"},
		"fr": {"entry.adjust"},
		"pl": {"till.program"},
	}
	bare := []string{"till_script.undo", "till.pin_label"}
	for _, l := range Locales[1:] {
		for key, english := range loaded().messages["en"] {
			if slices.Contains(same[l], key) || slices.Contains(bare, key) {
				continue
			}
			if m := loaded().messages[l][key]; m != nil && m.Other == english.Other {
				t.Errorf("%s: %s is English: %s", l, key, m.Other)
			}
		}
	}
}

func TestEveryRefusalHasASentence(t *testing.T) {
	want := map[string]bool{"unknown": true}
	for _, code := range loyalty.RefusalCodes {
		want[string(code)] = true
		for _, l := range Locales {
			text := Refusal(l, string(code), map[string]string{"limit": "5"})
			if strings.Contains(text, "[") || text == For(l).T("refusal.unknown") {
				t.Errorf("%s: no sentence for %s: %s", l, code, text)
			}
		}
	}
	for key := range loaded().messages["en"] {
		if code, ok := strings.CutPrefix(key, "refusal."); ok && !want[code] {
			t.Errorf("there is no refusal %q", code)
		}
	}
}
