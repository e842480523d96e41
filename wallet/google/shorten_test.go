package google_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/leima/leima/wallet/google"
)

func TestTextsAreCutWhereTheyCanBe(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"Aino", 4, "Aino"},
		{"Aino Koivu", 6, "Aino…"},
		{"  Aino  ", 10, "Aino"},
		{"Äänekoski", 5, "Ääne…"},
		{"👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 8, "👩‍👩‍👧‍👦…"}, // a family is seven runes
		{"👩‍👩‍👧‍👦 x", 5, "…"},
		{"ab👍🏽c", 4, "ab…"},
		{"🇫🇮🇸🇪🇵🇱", 4, "🇫🇮…"},
		{"e\u0301e\u0301e\u0301", 4, "e\u0301…"},
		{"Aino\u202eKoivu\u2066", 20, "AinoKoivu"},
		{"Aino\nKoivu\x00\x07", 20, "Aino Koivu"},
		{"Aino\xff", 20, "Aino"},
		{"عبد الرحمن", 5, "عبد…"},
		{"abc", 1, "…"},
		{"", 5, ""},
	} {
		if got := google.Shorten(c.text, c.limit); got != c.want {
			t.Errorf("%q in %d runes is %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}

func TestShortenedTextsFitAndStayAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune("a👩\u200d👧🏽🇫🇮e\u0301\u202e ")), -1, 60, -1)).Draw(t, "text")
		limit := rapid.IntRange(1, 40).Draw(t, "limit")
		got := google.Shorten(text, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit {
			t.Fatalf("%q does not fit into %d runes", got, limit)
		}
		if strings.ContainsAny(got, "\u202e\n\x00") {
			t.Fatalf("%q has something in it that was to be left out", got)
		}
		if again := google.Shorten(got, limit); again != got {
			t.Fatalf("%q becomes %q when it is shortened again", got, again)
		}
	})
}
