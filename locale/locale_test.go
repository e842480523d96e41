package locale_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/locale"
	"github.com/leima/leima/organization"
)

// The languages of Leima are said in two places, because neither package may know
// the other.
func TestLocalesAreThoseOfOrganizations(t *testing.T) {
	if diff := cmp.Diff(organization.Locales, locale.Locales); diff != "" {
		t.Error(diff)
	}
	for _, l := range locale.Locales {
		if locale.Name(l) == "" {
			t.Errorf("%s has no name", l)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct{ header, want, match string }{
		{"", "", ""},
		{"fi", "", "fi"},
		{"fi-FI,fi;q=0.9,en;q=0.8", "", "fi"},
		{"et,sv-FI;q=0.8,en;q=0.5", "", "sv"},
		{"en;q=0.1,de;q=0.9", "", "de"},
		{"de;q=0,pl;q=0.2", "", "pl"},
		{"fr-CH", "", "fr"},
		{"zh-Hant-TW, ja", "", ""},
		// Ukrainian and Russian are not the same to those who speak them.
		{"uk,en;q=0.5", "", "en"},
		{"uk", "", ""},
		{"nb", "", ""},
		{"*", "", ""},
		{"en", "fi", "fi"},
		{"en", "fi-FI", "fi"},
		{"en", "xx", "en"},
		{"en", "<script>", "en"},
		{"en", strings.Repeat("fi-", 1000), "en"},
		{strings.Repeat("fi,", 1000), "", ""},
		{";;;q=q", "", ""},
	} {
		if got := locale.Match(c.header, c.want); got != c.match {
			t.Errorf("Match(%.40q, %.40q) = %q, want %q", c.header, c.want, got, c.match)
		}
	}
}

func TestNumbersTakeTheirPlural(t *testing.T) {
	want := map[string][]string{
		"en": {"0 more stamps", "1 more stamp", "2 more stamps", "5 more stamps", "22 more stamps"},
		"fi": {"vielä 0 leimaa", "vielä 1 leima", "vielä 2 leimaa", "vielä 5 leimaa", "vielä 22 leimaa"},
		"sv": {"0 stämplar till", "1 stämpel till", "2 stämplar till", "5 stämplar till", "22 stämplar till"},
		"pl": {"jeszcze 0 pieczątek", "jeszcze 1 pieczątka", "jeszcze 2 pieczątki", "jeszcze 5 pieczątek", "jeszcze 22 pieczątki"},
		"fr": {"encore 0 tampon", "encore 1 tampon", "encore 2 tampons", "encore 5 tampons", "encore 22 tampons"},
		"de": {"noch 0 Stempel", "noch 1 Stempel", "noch 2 Stempel", "noch 5 Stempel", "noch 22 Stempel"},
		"ru": {"ещё 0 штампов", "ещё 1 штамп", "ещё 2 штампа", "ещё 5 штампов", "ещё 22 штампа"},
	}
	got := map[string][]string{}
	for _, l := range locale.Locales {
		for _, n := range []int{0, 1, 2, 5, 22} {
			got[l] = append(got[l], locale.For(l).N("card.next", n))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCoolDownSaysHowLongInAUnitOfItsSize(t *testing.T) {
	wait := func(l string, seconds int) string {
		return locale.Refusal(l, "cool_down", map[string]string{"limit": fmt.Sprint(seconds)})
	}
	want := []string{
		"This card was stamped a moment ago. Try again in 1 second.",
		"This card was stamped a moment ago. Try again in 119 seconds.",
		"This card was stamped a moment ago. Try again in 2 minutes.",
		"This card was stamped a moment ago. Try again in 2 hours.",
		"Tämä kortti leimattiin juuri äsken. Yritä uudelleen 3 minuutin kuluttua.",
		"Ta karta została przed chwilą ostemplowana. Spróbuj ponownie za 22 minuty.",
		"На эту карту только что ставили штамп. Попробуйте снова через 5 минут.",
	}
	got := []string{
		wait("en", 0), wait("en", 119), wait("en", 120), wait("en", 7200),
		wait("fi", 121), wait("pl", 22*60), wait("ru", 5*60),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnUnknownRefusalIsStillASentence(t *testing.T) {
	for _, l := range append([]string{"", "xx"}, locale.Locales...) {
		if got := locale.Refusal(l, "made_up", nil); got != locale.For(l).T("refusal.unknown") {
			t.Errorf("%s: %s", l, got)
		}
	}
}

func TestDatesAndNumbers(t *testing.T) {
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	// Half past ten in the evening in UTC is the next day in Helsinki.
	at := time.Date(2026, 3, 1, 22, 30, 0, 0, time.UTC).UnixMilli()
	want := map[string][]string{
		"en": {"2 Mar 2026", "2 Mar 2026, 00:30", "12,345", "+1,200", "−7"},
		"fi": {"2.3.2026", "2.3.2026 klo 0.30", "12 345", "+1 200", "−7"},
		"sv": {"2 mars 2026", "2 mars 2026 00:30", "12 345", "+1 200", "−7"},
		"pl": {"02.03.2026", "02.03.2026 00:30", "12 345", "+1 200", "−7"},
		"fr": {"2 mars 2026", "2 mars 2026 à 00:30", "12 345", "+1 200", "−7"},
		"de": {"02.03.2026", "02.03.2026, 00:30", "12.345", "+1.200", "−7"},
		"ru": {"02.03.2026", "02.03.2026, 00:30", "12 345", "+1 200", "−7"},
	}
	got := map[string][]string{}
	breakable := strings.NewReplacer("\u00a0", " ", "\u202f", " ")
	for _, name := range locale.Locales {
		l := locale.For(name)
		for _, s := range []string{l.Date(at, helsinki), l.DateTime(at, helsinki), l.Number(12345), l.Signed(1200), l.Signed(-7)} {
			got[name] = append(got[name], breakable.Replace(s))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := locale.For("en").Date(at, nil); got != "1\u00a0Mar\u00a02026" {
		t.Errorf("in UTC: %s", got)
	}
}

func TestATextThatIsMissingShowsItsKey(t *testing.T) {
	l := locale.For("fi")
	for got, want := range map[string]string{
		l.T("no.such_key"): "[no.such_key]",
		l.T("card.hello"):  "[card.hello]",
		l.T("card.hello", locale.Params{"name": "Aino"}):               "Hei Aino!",
		locale.For("xx").T("card.hello", locale.Params{"name": "<b>"}): "Hello <b>!",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("fi-FI,fi;q=0.9", "sv")
	f.Add("*;q=0.5", "x-klingon")
	f.Fuzz(func(t *testing.T, header, want string) {
		if got := locale.Match(header, want); got != "" && !locale.Known(got) {
			t.Errorf("Match(%q, %q) = %q", header, want, got)
		}
	})
}

func BenchmarkN(b *testing.B) {
	l := locale.For("pl")
	for b.Loop() {
		_ = l.N("join.promise", 22)
	}
}
