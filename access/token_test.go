package access_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
)

var tokenKinds = []access.TokenKind{
	access.TokenAPIKey, access.TokenTill, access.TokenSession, access.TokenSignIn, access.TokenConfirmation,
}

// slugs draws what organizations may be called in addresses.
func slugs() *rapid.Generator[string] {
	return rapid.StringMatching(`[a-z0-9]{1,13}(-[a-z0-9]{1,12}){0,2}`)
}

func TestATokenSaysWhoseItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slug, kind := slugs().Draw(t, "slug"), rapid.SampledFrom(tokenKinds).Draw(t, "kind")
		token := access.NewToken(kind, slug)
		if got, err := access.TokenSlug(kind, token); err != nil || got != slug {
			t.Errorf("%s is %q's, %v, want %q", token, got, err, slug)
		}
		if got, err := access.KindOf(token); err != nil || got != kind {
			t.Errorf("%s is of the kind %q, %v, want %q", token, got, err, kind)
		}
		for _, other := range tokenKinds {
			if _, err := access.TokenSlug(other, token); other != kind && !errors.Is(err, access.ErrMalformedToken) {
				t.Errorf("%s is taken for a %s", token, other)
			}
		}
		if again := access.NewToken(kind, slug); again == token || access.Hash(again) == access.Hash(token) {
			t.Errorf("two tokens are the same: %s", token)
		}
		if hint := access.HintOf(token); len(hint) != 4 || !strings.HasSuffix(token, hint) {
			t.Errorf("the hint of %s is %q", token, hint)
		}
	})
}

func TestTheLongestTokenCanBeRead(t *testing.T) {
	slug := strings.Repeat("s", organization.MaxSlugLen)
	token := access.NewToken(access.TokenAPIKey, slug)
	if got, err := access.TokenSlug(access.TokenAPIKey, token); err != nil || got != slug {
		t.Errorf("%s is %q's, %v", token, got, err)
	}
	// 128 bits in base32 are 26 characters.
	if secret := token[strings.LastIndex(token, "_")+1:]; len(secret) < 26 {
		t.Errorf("the secret %q is short", secret)
	}
}

func TestWhatIsNoToken(t *testing.T) {
	for _, s := range []string{
		"", "_", "__", "lk", "lk_", "lk__", "lk__SECRET", "lk_shop", "lk_shop_", "_shop_SECRET", "LK_shop_SECRET", " lk_shop_SECRET", "xx_shop_SECRET",
		"lk_Shop_SECRET", "lk_sho p_SECRET", "lk_-shop_SECRET", "lk_shop-_SECRET", "lk_sh--op_SECRET", "lk_sh\x00op_SECRET", "lk_sh\xffop_SECRET",
		"lk_käuppa_SECRET", "lk_" + strings.Repeat("s", organization.MaxSlugLen+1) + "_SECRET", "lk_shop_" + strings.Repeat("S", access.MaxTokenLen),
	} {
		if slug, err := access.TokenSlug(access.TokenAPIKey, s); slug != "" || !errors.Is(err, access.ErrMalformedToken) {
			t.Errorf("%.40q is %q's, %v", s, slug, err)
		}
	}
	for _, s := range []string{"", "lk", "_lk", "lx_shop_SECRET", "LK_shop_SECRET", "lk_" + strings.Repeat("s", access.MaxTokenLen)} {
		if kind, err := access.KindOf(s); kind != "" || !errors.Is(err, access.ErrMalformedToken) {
			t.Errorf("%.40q is of the kind %q, %v", s, kind, err)
		}
	}
}

func TestHintOfAShortText(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "abc", "abcd": "abcd", "abcde": "bcde"} {
		if got := access.HintOf(in); got != want {
			t.Errorf("the hint of %q is %q, want %q", in, got, want)
		}
	}
}

func FuzzTokenSlug(f *testing.F) {
	for _, s := range []string{"lk_shop_SECRET", "lk_my-shop_SECRET", "lk__", "lt_shop_SECRET", "", "lk_a_b_c", "lk_\xff_x"} {
		f.Add("lk", s)
	}
	f.Fuzz(func(t *testing.T, kind, token string) {
		slug, err := access.TokenSlug(access.TokenKind(kind), token)
		if err != nil {
			if slug != "" || !errors.Is(err, access.ErrMalformedToken) {
				t.Errorf("%q is %q's beside %v", token, slug, err)
			}
			return
		}
		if !organization.ValidSlug(slug) || !strings.HasPrefix(token, kind+"_"+slug+"_") || len(token) > access.MaxTokenLen {
			t.Errorf("%q as a %q is %q's", token, kind, slug)
		}
	})
}

func BenchmarkTokenSlug(b *testing.B) {
	token := access.NewToken(access.TokenAPIKey, "leimala")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := access.TokenSlug(access.TokenAPIKey, token); err != nil {
			b.Fatal(err)
		}
	}
}

// Hashes are kept in databases: they must never come out otherwise.
func TestAHashIsThatOfTheWholeToken(t *testing.T) {
	for length := range 3 * access.MaxTokenLen {
		token := strings.Repeat("x", length)
		if access.Hash(token) != sha256.Sum256([]byte(token)) {
			t.Errorf("the hash of %d characters is another one", length)
		}
	}
}
