package locale_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/jobs"
	"github.com/leima/leima/locale"
)

// TestEveryReasonOfAnImportHasWords goes over all reasons that there are: one that is added
// without words, or whose words have other params than it gives, fails here.
func TestEveryReasonOfAnImportHasWords(t *testing.T) {
	reasons := jobs.ImportReasons()
	for code, names := range reasons {
		params := map[string]string{}
		for i, name := range names {
			params[name] = fmt.Sprint(700 + i)
		}
		for _, l := range locale.Locales {
			said := locale.ImportReason(l, code, params)
			if said == "" || strings.Contains(said, "[") {
				t.Errorf("%s: %s is said as %q", l, code, said)
			}
			for name, value := range params {
				if strings.Count(said, value) != 1 {
					t.Errorf("%s: %s does not say its %s: %s", l, code, name, said)
				}
			}
		}
	}
	for _, key := range locale.Keys() {
		if code, ok := strings.CutPrefix(key, "import_row."); ok {
			if _, known := reasons[code]; !known {
				t.Errorf("no import has the reason %q", code)
			}
		}
	}
}

func TestReasonsOfAnImportWriteNumbersAsTheLanguageDoes(t *testing.T) {
	params := map[string]string{"limit": "65536", "receipt": "40128", "before": "{{.row}}", "row": "12345", "first": "1990", "last": "2099"}
	want := []string{
		"A cell is longer than 65,536 bytes. Perhaps its quotes are not closed.",
		"Solu on pidempi kuin 65\u00a0536 tavua. Ehkä sen lainausmerkkejä ei ole suljettu.",
		"Kuitilla ”40128” on rivillä 12\u00a0345 toinen asiakas: ”{{.row}}”.",
		"Diese Zeit liegt nicht zwischen den Jahren 1990 und 2099.",
		"Эта карта может получить не больше 3 штампов в день.",
		"",
	}
	got := []string{
		locale.ImportReason("en", "cell_too_long", params), locale.ImportReason("fi", "cell_too_long", params),
		locale.ImportReason("fi", "other_customer", params), locale.ImportReason("de", "time_range", params),
		locale.ImportReason("ru", "daily_limit_reached", map[string]string{"limit": "3"}),
		locale.ImportReason("en", "of_a_newer_version", nil),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
