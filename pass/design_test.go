package pass_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/typeid"
)

// shown is what the tests look at of a pass.
type shown struct {
	BackgroundColor, ForegroundColor, LabelColor string
	StoreCard                                    map[string][]struct{ Key, Label, Value, AttributedValue string }
	Barcodes                                     []struct{ Format string }
	Locations                                    []struct {
		Latitude, Longitude float64
		RelevantText        string
	}

	files map[string][]byte
}

// pass downloads the pass of a card.
func (sh *shop) pass(cardID string) shown {
	sh.t.Helper()
	packed, err := sh.issuer.Package(sh.t.Context(), sh.org.ID, cardID)
	sh.ok(err)
	s := shown{files: map[string][]byte{}}
	sh.ok(json.Unmarshal([]byte(document(sh.t, packed)), &s))
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	sh.ok(err)
	for _, f := range archive.File {
		from, err := f.Open()
		sh.ok(err)
		s.files[f.Name], err = io.ReadAll(from)
		sh.ok(err)
	}
	return s
}

// back returns the value of a field on the back, in a language.
func (s shown) back(key, language string) string {
	for _, f := range s.StoreCard["backFields"] {
		if f.Key == key {
			return s.in(language, f.Value)
		}
	}
	return ""
}

// in looks a text up as a phone with the language does.
func (s shown) in(language, text string) string {
	file := s.files[language+".lproj/pass.strings"]
	words := string(file)
	if bytes.HasPrefix(file, []byte{0xff, 0xfe}) {
		units := make([]uint16, 0, len(file)/2)
		for i := 2; i+1 < len(file); i += 2 {
			units = append(units, uint16(file[i])|uint16(file[i+1])<<8)
		}
		words = string(utf16.Decode(units))
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text)
	if _, rest, found := strings.Cut(words, `"`+quoted+`" = "`); found {
		said, _, _ := strings.Cut(rest, "\";\n")
		return strings.ReplaceAll(said, `\n`, "\n")
	}
	return text
}

// branch opens a branch.
func (sh *shop) branch(name string, at *organization.Coordinates) organization.Location {
	sh.t.Helper()
	l := organization.Location{OrgID: sh.org.ID, ID: typeid.New("loc"), Name: name, Coordinates: at, Version: 1, CreatedAt: time.Now().UnixMilli()}
	sh.ok(sh.store.CreateLocation(sh.t.Context(), l))
	return l
}

func TestTheBackHoldsTermsPrivacyAndTheLastEntriesInTheLanguageOfThePhone(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			card := sh.join().Card.ID
			if p := sh.pass(card); p.back("terms", "fi") != "" || p.back("link-1", "fi") != "" {
				t.Error("the pass has terms or links that nobody wrote")
			}
			sh.ok(sh.stamp(t.Context(), card))
			o := sh.org
			o.Brand.Texts = map[string]organization.BrandText{
				"fi": {Terms: "Yksi.\nKaksi.", TermsURL: "https://leimala.example/ehdot", PrivacyURL: "https://leimala.example/tietosuoja"},
				"sv": {TermsURL: "https://leimala.example/villkor"},
				"en": {PrivacyURL: "https://leimala.example/privacy"},
			}
			_, err := sh.store.UpdateOrganization(t.Context(), o, o.Version)
			sh.ok(err)
			p := sh.pass(card)
			for language, want := range map[string][2]string{
				"fi": {"Yksi.\nKaksi.\nhttps://leimala.example/ehdot", "https://leimala.example/tietosuoja"},
				"sv": {"https://leimala.example/villkor", "https://leimala.example/tietosuoja"},
				"en": {"Yksi.\nKaksi.\nhttps://leimala.example/ehdot", "https://leimala.example/privacy"},
				"ru": {"Yksi.\nKaksi.\nhttps://leimala.example/ehdot", "https://leimala.example/tietosuoja"},
			} {
				if got := [2]string{p.back("terms", language), p.back("link-1", language)}; got != want {
					t.Errorf("in %s the back says %q, want %q", language, got, want)
				}
			}
			for language, want := range map[string]string{"en": "Stamp", "fi": "Leimoja", "sv": "Stämplar", "pl": "Pieczątki", "fr": "Tampons", "de": "Stempel", "ru": "Штамп"} {
				if got := p.back("entries", language); !strings.Contains(got, want) || !strings.Contains(got, "+1") {
					t.Errorf("in %s the last entries are %q", language, got)
				}
			}
		})
	}
}

func TestAPassIsOfferedNearTheBranchesNextToWhereTheCardWasOpened(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			online := sh.join().Card.ID
			if got := sh.pass(online).Locations; len(got) != 0 {
				t.Errorf("a shop without coordinates has %v", got)
			}
			sh.branch("Nowhere", nil)
			var branches []organization.Location
			for n := range 15 { // from south to north
				branches = append(branches, sh.branch(fmt.Sprintf("Branch %d", n), &organization.Coordinates{Latitude: 60 + float64(n)/10, Longitude: 25}))
			}
			there := sh.joinAs(customer.Join{
				ProgramID: sh.program.ID, FirstName: "Aino", Email: "north@example.org", Trusted: true, Source: customer.SourceStaff, LocationID: branches[14].ID,
			}).Card.ID
			for card, want := range map[string]string{online: "0 1 2 3 4 5 6 7 8 9", there: "14 13 12 11 10 9 8 7 6 5"} {
				p := sh.pass(card)
				var got []string
				for _, l := range p.Locations {
					got = append(got, strings.TrimSuffix(strings.TrimPrefix(p.in("en", l.RelevantText), "Branch "), ": your stamp card is at hand"))
				}
				if strings.Join(got, " ") != want {
					t.Errorf("offered near %v, want %s", got, want)
				}
			}
			if p := sh.pass(there); p.in("fi", p.Locations[0].RelevantText) != "Branch 14: leimakorttisi on valmiina" {
				t.Errorf("in Finnish: %q", p.in("fi", p.Locations[0].RelevantText))
			}
		})
	}
}
