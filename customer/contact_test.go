package customer_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/leima/leima/customer"
)

// wantInvalid checks that the error is about the field, with the code and a reason.
func wantInvalid(t *testing.T, err error, field, code string) {
	t.Helper()
	var invalid *customer.InvalidFieldError
	if !errors.As(err, &invalid) {
		t.Errorf("the answer is %v, want an InvalidFieldError", err)
		return
	}
	if invalid.Field != field || invalid.Code != code || invalid.Reason == "" || err.Error() != field+": "+invalid.Reason {
		t.Errorf("the answer is %+v, want one about %s with the code %s", invalid, field, code)
	}
}

func TestParsePhone(t *testing.T) {
	for _, c := range []struct{ in, country, want string }{
		{"", "FI", ""},
		{"   ", "FI", ""},
		{"+358 40 1234567", "FI", "+358401234567"},
		{"+358 40 1234567", "PL", "+358401234567"},
		{"+358 40 1234567", "", "+358401234567"},
		{"040 123 4567", "FI", "+358401234567"},
		{"040-1234567", "FI", "+358401234567"},
		{"00358 40 1234567", "FI", "+358401234567"},
		{"+358 (0)40 1234567", "FI", "+358401234567"},
		{"  +358401234567\t", "FI", "+358401234567"},
		{"09 1234567", "FI", "+35891234567"},
		{"070-174 06 35", "SE", "+46701740635"},
		{"512 345 678", "PL", "+48512345678"},
		{"06.12.34.56.78", "FR", "+33612345678"},
		{"06\u00a012\u202f34\u00a056\u00a078", "FR", "+33612345678"},
		{"0151/23456789", "DE", "+4915123456789"},
		{"8 (912) 345-67-89", "RU", "+79123456789"},
		{"044 668 18 00", "CH", "+41446681800"},
		{"06 1234 5678", "IT", "+390612345678"}, // the zero belongs to the number
		{"(201) 555-0123", "US", "+12015550123"},
	} {
		got, err := customer.ParsePhone("phone", c.in, c.country)
		if err != nil || got != c.want {
			t.Errorf("%q in %s is %q, %v, want %q", c.in, c.country, got, err, c.want)
		}
	}
}

func TestWhatIsNoPhoneNumber(t *testing.T) {
	for _, c := range []struct{ in, country string }{
		{"0", "FI"},
		{"112", "FI"},
		{"12345", "FI"},
		{"+", "FI"},
		{"+358", "FI"},
		{"+999 40 1234567", "FI"},
		{"040 1234567", ""}, // no country to read it by
		{"040 1234567", "XX"},
		{"+358 40 1234567890123", "FI"},
		{"+358401234567+358401234567", "FI"},
		{"++358401234567", "FI"},
		{"phone", "FI"},
		{"0800-CALLNOW", "FI"},
		{"+358 40 1234567 ext. 2", "FI"},
		{"tel:+358401234567", "FI"},
		{"my number is 040 1234567", "FI"},
		{"٠٤٠١٢٣٤٥٦٧", "FI"},
		{"＋３５８４０１２３４５６７", "FI"},
		{"040\x001234567", "FI"},
		{"\u202e7654321040", "FI"},
		{"040 1234567\n040 7654321", "FI"},
		{"\xff\xfe", "FI"},
		{"040 1234567; DROP TABLE card", "FI"},
		{strings.Repeat("0", customer.MaxPhoneLen+1), "FI"},
		{strings.Repeat("1", 10<<20), "FI"},
		{"----------", "FI"},
		{"(((((", "FI"},
	} {
		got, err := customer.ParsePhone("contact.phone", c.in, c.country)
		if got != "" {
			t.Errorf("%.40q in %q is read as %q", c.in, c.country, got)
		}
		wantInvalid(t, err, "contact.phone", customer.InvalidPhone)
	}
}

func TestParseEmail(t *testing.T) {
	longLocal := strings.Repeat("a", 64)
	longDomain := strings.Repeat("b.", 94) + "c"
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" \t", ""},
		{"maija@example.org", "maija@example.org"},
		{" Maija.Virtanen@Example.ORG ", "maija.virtanen@example.org"},
		{"maija+leima@example.org", "maija+leima@example.org"},
		{"o'brien@example.org", "o'brien@example.org"},
		{"päivi@example.org", "päivi@example.org"},
		{"Ärjä@Päijät-Häme.fi", "ärjä@päijät-häme.fi"},
		{"иван@пример.рф", "иван@пример.рф"},
		{"a@b.c", "a@b.c"},
		{"1@2.fi", "1@2.fi"},
		{longLocal + "@" + longDomain, longLocal + "@" + longDomain}, // 254 bytes
	} {
		got, err := customer.ParseEmail("email", c.in)
		if err != nil || got != c.want {
			t.Errorf("%q is %q, %v, want %q", c.in, got, err, c.want)
		}
	}
}

func TestWhatIsNoEmailAddress(t *testing.T) {
	for _, in := range []string{
		"maija", "@", "maija@", "@example.org", "maija@example", "maija@@example.org", "maija@exam@ple.org", "maija@.org", "maija@example.",
		"maija@example..org", "maija@-example.org", "maija@example-.org", "maija@exam ple.org", "mai ja@example.org", "maija@127.0.0.1",
		"maija@[127.0.0.1]", ".maija@example.org", "maija.@example.org", "mai..ja@example.org", "Maija <maija@example.org>",
		`"maija"@example.org`, "maija,pekka@example.org", "maija@example.org,pekka@example.org", "maija@example.org\r\nBcc: all@example.org",
		"mai\x00ja@example.org", "mai\u202eja@example.org", "mai\u200bja@example.org", "mai\ufeffja@example.org", "mai\u00a0ja@example.org",
		"mai\u2028ja@example.org", "maija@exam\u200bple.org", "maija@example.o_g", "\xff@example.org", "maija@\xff.org",
		strings.Repeat("a", 65) + "@example.org", "a@" + strings.Repeat("b", 64) + ".org", "a@" + strings.Repeat("b.", 127) + "org",
		strings.Repeat("Ⱥ", 32) + "@example.org", // 64 bytes, 96 in lower case
		strings.Repeat("a@b.c", 1<<20),
	} {
		got, err := customer.ParseEmail("email", in)
		if got != "" {
			t.Errorf("%.40q is read as %q", in, got)
		}
		wantInvalid(t, err, "email", customer.InvalidEmail)
	}
}

func TestParseName(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"  ", ""},
		{"Maija", "Maija"},
		{"  Maija  Liisa ", "Maija  Liisa"},
		{"Åsa-Örjan", "Åsa-Örjan"},
		{"O'Brien", "O'Brien"},
		{"Łucja", "Łucja"},
		{"Ольга", "Ольга"},
		{"نرگس\u200cها", "نرگس\u200cها"}, // a joiner that the spelling needs
		{"मीना", "मीना"},
		{"美咲", "美咲"},
		{"👩\u200d⚕️", "👩\u200d⚕️"},
		{strings.Repeat("ä", customer.MaxNameLen/2), strings.Repeat("ä", customer.MaxNameLen/2)},
	} {
		got, err := customer.ParseName("first_name", c.in)
		if err != nil || got != c.want {
			t.Errorf("%q is %q, %v, want %q", c.in, got, err, c.want)
		}
	}
	for _, c := range []struct{ in, code string }{
		{"Maija\n", customer.InvalidCharacter},
		{"Mai\tja", customer.InvalidCharacter},
		{"Mai\x00ja", customer.InvalidCharacter},
		{"\x1b[2JMaija", customer.InvalidCharacter},
		{"Maija\u0085", customer.InvalidCharacter},
		{"Maija\u202eajiaM", customer.InvalidCharacter}, // right-to-left override
		{"\u200fMaija", customer.InvalidCharacter},
		{"Maija\u2066x\u2069", customer.InvalidCharacter},
		{"Maija\u061c", customer.InvalidCharacter},
		{"Mai\u2028ja", customer.InvalidCharacter},
		{"Mai\u2029ja", customer.InvalidCharacter},
		{"\ufeffMaija", customer.InvalidCharacter},
		{"\u200b", customer.InvalidCharacter},      // nobody would see it
		{"\ufffdMaija", customer.InvalidCharacter}, // what a decoder makes of broken text
		{"Mai\xffja", customer.InvalidEncoding},
		{"\xc3", customer.InvalidEncoding},
		{strings.Repeat("a", customer.MaxNameLen+1), customer.InvalidTooLong},
		{strings.Repeat("ä", customer.MaxNameLen/2+1), customer.InvalidTooLong},
		{strings.Repeat(" ", customer.MaxNameLen+1), customer.InvalidTooLong},
	} {
		got, err := customer.ParseName("last_name", c.in)
		if got != "" {
			t.Errorf("%q is read as %q", c.in, got)
		}
		wantInvalid(t, err, "last_name", c.code)
	}
}

// Every character that changes the direction of text is kept out of names.
func TestNoNameChangesDirection(t *testing.T) {
	for _, table := range unicode.Bidi_Control.R16 {
		for r := rune(table.Lo); r <= rune(table.Hi); r += rune(table.Stride) {
			_, err := customer.ParseName("first_name", "Mai"+string(r)+"ja")
			wantInvalid(t, err, "first_name", customer.InvalidCharacter)
		}
	}
}

// What was read once reads the same again, in any country.
func TestContactsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`\+?[0-9 ()-]{5,20}`).Draw(t, "phone")
		country := rapid.SampledFrom([]string{"FI", "SE", "PL", "FR", "DE", "RU", "CH", "US", "IT"}).Draw(t, "country")
		if phone, err := customer.ParsePhone("phone", s, country); err == nil {
			if again, err := customer.ParsePhone("phone", phone, "AR"); err != nil || again != phone {
				t.Errorf("%q in %s is %q, and that %q, %v", s, country, phone, again, err)
			}
		}
		s = rapid.StringMatching(`[\pL0-9.+'-]{1,20}@[\pL0-9-]{1,10}\.[\pL]{1,4}`).Draw(t, "email")
		if email, err := customer.ParseEmail("email", s); err == nil {
			if again, err := customer.ParseEmail("email", email); err != nil || again != email {
				t.Errorf("%q is %q, and that %q, %v", s, email, again, err)
			}
		}
	})
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{"+358 40 1234567", "040-1234567", "8 (912) 345-67-89", "", "+", "112", "\xff", "٠٤٠", "0612345678"} {
		f.Add(s, "FI")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, s, country string) {
		phone, err := customer.ParsePhone("phone", s, country)
		if err != nil {
			wantInvalid(t, err, "phone", customer.InvalidPhone)
			return
		}
		if phone == "" {
			if strings.TrimSpace(s) != "" {
				t.Errorf("%q is no number, but was not refused", s)
			}
			return
		}
		if len(phone) > 16 || phone[0] != '+' || strings.Trim(phone[1:], "0123456789") != "" {
			t.Errorf("%q is %q, which is not E.164", s, phone)
		}
		if again, err := customer.ParsePhone("phone", phone, "FI"); err != nil || again != phone {
			t.Errorf("%q is %q, and that %q, %v", s, phone, again, err)
		}
	})
}

func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"maija@example.org", "İ@example.org", "a@b.c", "Ⱥ@Ⱥ.fi", "", "@", "a@b..c", "\xff@b.c", "a\u200b@b.c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		email, err := customer.ParseEmail("email", s)
		if err != nil {
			wantInvalid(t, err, "email", customer.InvalidEmail)
			return
		}
		if len(email) > customer.MaxEmailLen || !utf8.ValidString(email) || strings.ContainsAny(email, " \r\n\t<>,;\x00") {
			t.Errorf("%q is read as %q", s, email)
		}
		if again, err := customer.ParseEmail("email", email); err != nil || again != email {
			t.Errorf("%q is %q, and that %q, %v", s, email, again, err)
		}
	})
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"Maija", " Åsa ", "Mai\u202eja", "\xff", "\x00", "", strings.Repeat("ä", 51)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := customer.ParseName("first_name", s)
		if err != nil {
			if name != "" {
				t.Errorf("%q is read as %q beside the error %v", s, name, err)
			}
			return
		}
		if len(name) > customer.MaxNameLen || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) || strings.TrimSpace(name) != name {
			t.Errorf("%q is read as %q", s, name)
		}
		if again, err := customer.ParseName("first_name", name); err != nil || again != name {
			t.Errorf("%q is %q, and that %q, %v", s, name, again, err)
		}
	})
}

func BenchmarkParsePhone(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := customer.ParsePhone("phone", "040 123 4567", "FI"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseEmail(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := customer.ParseEmail("email", "Maija.Virtanen@example.org"); err != nil {
			b.Fatal(err)
		}
	}
}
