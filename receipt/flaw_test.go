package receipt

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryReasonHasANameAndASentenceOfItsOwn(t *testing.T) {
	name, said := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`), map[string]Code{}
	for _, code := range Codes() {
		values := make([]any, len(code.Params()))
		for i := range values {
			values[i] = "seven"
		}
		text := because(code, values...).text()
		if !name.MatchString(string(code)) || text == "" || strings.ContainsAny(text, "{}") || strings.Count(text, "seven") != len(values) {
			t.Errorf("%s is said as %q", code, text)
		}
		if other, taken := said[text]; taken {
			t.Errorf("%s and %s are both said as %q", code, other, text)
		}
		said[text] = code
	}
}

func TestParametersAreNamedAndCut(t *testing.T) {
	f := because(CodeOtherCustomer, strings.Repeat("ö", MaxErrorParamRunes+1), "{row}", 7)
	want := map[string]string{"receipt": strings.Repeat("ö", MaxErrorParamRunes), "before": "{row}", "row": "7"}
	if diff := cmp.Diff(want, f.params); diff != "" {
		t.Errorf("params (-want +have):\n%s", diff)
	}
	// What stands in the file is no parameter.
	if text := f.text(); !strings.HasSuffix(text, `has the customer "{row}" in row 7`) {
		t.Errorf("said as %q", text)
	}
}
