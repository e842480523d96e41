package access_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
)

const pairingCharacters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// People type small letters and spaces, and leave hyphens out or put some in.
func TestPairingCodesAreReadAsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slug := slugs().Draw(t, "slug")
		code := access.NewPairingCode(slug)
		random := strings.ReplaceAll(code[len(slug)+1:], "-", "")
		if len(random) != 8 || strings.Trim(random, pairingCharacters) != "" {
			t.Fatalf("the random part of %s is %s", code, random)
		}
		for _, typed := range []string{
			code, strings.ToLower(code), strings.ToUpper(code), " " + code + "\n", slug + " " + random[:4] + " " + random[4:],
			slug + random, slug + "-" + random, slug + "--" + random, slug + "-" + strings.Join(strings.Split(random, ""), "-"),
			slug + " " + strings.ToLower(strings.Join(strings.Split(random, ""), " ")), code + "-", slug + "\t-\t" + random,
		} {
			gotSlug, gotCode, err := access.ParsePairingCode(typed)
			if err != nil || gotSlug != slug || gotCode != code {
				t.Errorf("%q is read as %q of %q, %v, want %q of %q", typed, gotCode, gotSlug, err, code, slug)
			}
		}
	})
}

func TestWhatIsNoPairingCode(t *testing.T) {
	for _, typed := range []string{
		"", "-", "----------", "shop", "ABCDEFGH", "ABCD-EFGH", "-ABCD-EFGH", "shop-ABCD-EFG0", "shop-ABCD-EFGO", "shop-ABCD-EF1H", "shop-ABCD-EFLH",
		"shop-ABCD-EF_H", "shop-ABCD-EFGÄ", "sh\x00op-ABCD-EFGH", "sh_op-ABCD-EFGH", "s\xffp-ABCD-EFGH", "käuppa-ABCD-EFGH",
		"shop-ABCD-EFG\xff", "sh--op-ABCD-EFGH", strings.Repeat("s", organization.MaxSlugLen+1) + "-ABCD-EFGH",
		strings.Repeat("-", access.MaxTokenLen) + "shop-ABCD-EFGH", strings.Repeat("A", 10<<20),
	} {
		slug, code, err := access.ParsePairingCode(typed)
		if slug != "" || code != "" || !errors.Is(err, access.ErrMalformedToken) {
			t.Errorf("%.40q is read as %q of %q, %v", typed, code, slug, err)
		}
	}
}

// Every character is as likely as every other. The bound is seven standard
// deviations off, which chance does not reach.
func TestPairingCodesAreEven(t *testing.T) {
	const codes = 3000
	counts := map[rune]int{}
	for range codes {
		for _, c := range strings.ReplaceAll(strings.TrimPrefix(access.NewPairingCode("shop"), "shop-"), "-", "") {
			counts[c]++
		}
	}
	const mean, bound = codes * 8 / 30, 7 * 28 // a standard deviation is about 28
	for _, c := range pairingCharacters {
		if n := counts[c]; n < mean-bound || n > mean+bound {
			t.Errorf("%c came %d times, expected about %d", c, n, mean)
		}
	}
}

func FuzzParsePairingCode(f *testing.F) {
	for _, s := range []string{"shop-ABCD-EFGH", "my-shop abcd efgh", "shopABCDEFGH", "", "--------", "s\xff-ABCD-EFGH", "ſhop-ABCD-EFGH"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		slug, code, err := access.ParsePairingCode(typed)
		if err != nil {
			if slug != "" || code != "" || !errors.Is(err, access.ErrMalformedToken) {
				t.Errorf("%q is read as %q of %q beside %v", typed, code, slug, err)
			}
			return
		}
		if !organization.ValidSlug(slug) || !strings.HasPrefix(code, slug+"-") || len(code) != len(slug)+len("-ABCD-EFGH") {
			t.Errorf("%q is read as %q of %q", typed, code, slug)
		}
		if slug2, code2, err := access.ParsePairingCode(code); err != nil || slug2 != slug || code2 != code {
			t.Errorf("%q is read as %q, and that as %q of %q, %v", typed, code, code2, slug2, err)
		}
	})
}
