package loyalty_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/leima/leima/loyalty"
)

func TestEveryRefusalHasASentenceOfItsOwn(t *testing.T) {
	codes := map[loyalty.RefusalCode]bool{}
	sentences := map[string]loyalty.RefusalCode{}
	for _, code := range loyalty.RefusalCodes {
		if codes[code] {
			t.Errorf("%s is listed twice", code)
		}
		codes[code] = true
		sentence := (&loyalty.Refusal{Code: code, Limit: 7}).StaffMessage()
		if other, taken := sentences[sentence]; taken {
			t.Errorf("%s and %s are both told as %q", code, other, sentence)
		}
		sentences[sentence] = code
		if !strings.HasSuffix(sentence, ".") || sentence == "This cannot be done." {
			t.Errorf("%s is told as %q", code, sentence)
		}
		if string(code) != strings.ToLower(string(code)) || strings.ContainsAny(string(code), " -.") {
			t.Errorf("%q is not a code in snake case", code)
		}
	}
}

func TestStaffAreToldTheNumber(t *testing.T) {
	for _, c := range []struct {
		refusal loyalty.Refusal
		want    string
	}{
		{loyalty.Refusal{Code: loyalty.RefusedPerScan, Limit: 3}, "At most 3 stamps can be given at once."},
		{loyalty.Refusal{Code: loyalty.RefusedPerScan, Limit: 1}, "At most 1 stamp can be given at once."},
		{loyalty.Refusal{Code: loyalty.RefusedPerCardDay, Limit: 1}, "This card has got its 1 stamp for today."},
		{loyalty.Refusal{Code: loyalty.RefusedBelowZero}, "The card has only 0 stamps."},
		{loyalty.Refusal{Code: loyalty.RefusedCoolDown, Limit: 1}, "This card was stamped a moment ago. Try again in 1 second."},
		{loyalty.Refusal{Code: loyalty.RefusedCoolDown, Limit: 119}, "This card was stamped a moment ago. Try again in 119 seconds."},
		{loyalty.Refusal{Code: loyalty.RefusedCoolDown, Limit: 120}, "This card was stamped a moment ago. Try again in 2 minutes."},
		{loyalty.Refusal{Code: loyalty.RefusedCoolDown, Limit: 121}, "This card was stamped a moment ago. Try again in 3 minutes."},
		{loyalty.Refusal{Code: loyalty.RefusedCoolDown, Limit: 7200}, "This card was stamped a moment ago. Try again in 2 hours."},
		{loyalty.Refusal{Code: loyalty.RefusedCoolDown, Limit: 86399}, "This card was stamped a moment ago. Try again in 24 hours."},
		{loyalty.Refusal{Code: "from_a_newer_version"}, "This cannot be done."},
	} {
		if got := c.refusal.StaffMessage(); got != c.want {
			t.Errorf("%+v is told as %q, want %q", c.refusal, got, c.want)
		}
	}
}

func TestARefusalIsAnErrorWhereOneIsWanted(t *testing.T) {
	var err error = &loyalty.Refusal{Code: loyalty.RefusedPerScan, Limit: 3}
	var refusal *loyalty.Refusal
	if !errors.As(err, &refusal) || err.Error() != "scan_limit_reached: At most 3 stamps can be given at once." {
		t.Errorf("as an error it is %v", err)
	}
	if got := refusal.Params("en")["limit"]; got != "3" {
		t.Errorf("its number for translators is %q, want 3", got)
	}
}
