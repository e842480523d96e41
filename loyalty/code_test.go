package loyalty_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

const (
	codeCharacters  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	checkCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func drawCode(t *rapid.T) string {
	var random [loyalty.CodeRandomBytes]byte
	copy(random[:], rapid.SliceOfN(rapid.Byte(), loyalty.CodeRandomBytes, loyalty.CodeRandomBytes).Draw(t, "random"))
	return loyalty.NewCode(random)
}

func TestNewCode(t *testing.T) {
	var ones [loyalty.CodeRandomBytes]byte
	for i := range ones {
		ones[i] = 0xff
	}
	for _, c := range []struct {
		random [loyalty.CodeRandomBytes]byte
		want   string
	}{
		{[loyalty.CodeRandomBytes]byte{}, "0000000000000000"},
		{ones, "ZZZZZZZZZZZZZZZZ"},
		// 00000 00001 00010 00011 00100 00101 00110 00111, twice over with 8 to 15
		{[loyalty.CodeRandomBytes]byte{0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf}, "0123456789ABCDEF"},
	} {
		code := loyalty.NewCode(c.random)
		if len(code) != loyalty.CodeLen || code[:loyalty.CodeLen-1] != c.want {
			t.Errorf("the code of %x is %s, want %s and a check character", c.random, code, c.want)
		}
	}
}

func TestEveryCodeIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawCode(t)
		if got, err := loyalty.ParseCode(code); err != nil || got != code {
			t.Errorf("%s is read as %q, %v", code, got, err)
		}
		for _, c := range code[:loyalty.CodeLen-1] {
			if !strings.ContainsRune(codeCharacters, c) {
				t.Errorf("%s holds %c", code, c)
			}
		}
	})
}

// People type small letters, group characters and mistake O for 0 and I or L for 1.
func TestCodesAreReadAsTyped(t *testing.T) {
	mistakes := map[byte][]string{'0': {"0", "O", "o"}, '1': {"1", "I", "i", "L", "l"}}
	rapid.Check(t, func(t *rapid.T) {
		code := drawCode(t)
		var typed strings.Builder
		for i := range len(code) {
			c := string(code[i])
			if m := mistakes[code[i]]; m != nil && i < loyalty.CodeLen-1 {
				c = rapid.SampledFrom(m).Draw(t, "typed")
			} else if rapid.Bool().Draw(t, "small") {
				c = strings.ToLower(c)
			}
			typed.WriteString(c)
			typed.WriteString(rapid.SampledFrom([]string{"", "", "-", " ", " -"}).Draw(t, "between"))
		}
		if got, err := loyalty.ParseCode(typed.String()); err != nil || got != code {
			t.Errorf("%q is read as %q, %v, want %s", typed.String(), got, err, code)
		}
	})
}

func TestAWrongCharacterIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := []byte(drawCode(t))
		i := rapid.IntRange(0, loyalty.CodeLen-1).Draw(t, "at")
		characters := codeCharacters
		if i == loyalty.CodeLen-1 {
			characters = checkCharacters
		}
		right := code[i]
		for j := range len(characters) {
			code[i] = characters[j]
			if _, err := loyalty.ParseCode(string(code)); (err == nil) != (code[i] == right) {
				t.Errorf("%s with %c instead of %c: %v", code, characters[j], right, err)
			}
		}
	})
}

// swapsTakenFor returns the codes that come out of one by swapping two neighbours
// and are taken for codes, and how many swaps there are.
func swapsTakenFor(code string) (taken []string, swaps int) {
	for i := range len(code) - 1 {
		if code[i] == code[i+1] {
			continue
		}
		swaps++
		swapped := code[:i] + code[i+1:i+2] + code[i:i+1] + code[i+2:]
		if _, err := loyalty.ParseCode(swapped); err == nil {
			taken = append(taken, swapped)
		}
	}
	return taken, swaps
}

// The check finds all but one in 630 swaps of two neighbours, and none but those of
// characters that are neighbours in the alphabet, too, or stand at the end.
func TestSwappedCharactersAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawCode(t)
		taken, _ := swapsTakenFor(code)
		for _, swapped := range taken {
			i := 0
			for code[i] == swapped[i] {
				i++
			}
			a, b := strings.IndexByte(checkCharacters, code[i]), strings.IndexByte(checkCharacters, code[i+1])
			if d := (a - b + 36) % 36; d != 1 && d != 35 && i+2 != loyalty.CodeLen {
				t.Errorf("%s is taken for %s", swapped, code)
			}
		}
	})
	missed, swaps := 0, 0
	random := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		var b [loyalty.CodeRandomBytes]byte
		binary.BigEndian.PutUint64(b[:], random.Uint64())
		binary.BigEndian.PutUint16(b[8:], uint16(random.Uint32()))
		taken, n := swapsTakenFor(loyalty.NewCode(b))
		missed, swaps = missed+len(taken), swaps+n
	}
	if missed*600 > swaps {
		t.Errorf("%d of %d swaps were missed, want one of 630 or fewer", missed, swaps)
	}
}

func TestWhatIsNoCode(t *testing.T) {
	code := loyalty.NewCode([loyalty.CodeRandomBytes]byte{1, 2, 3})
	for _, s := range []string{
		"", " ", "-", "0", code[:16], code + "0", code + code, code + "\n", "\x00" + code, code[:8] + "_" + code[8:], code[:16] + "*",
		"U" + code[1:], "Ä" + code[1:], "０" + code[1:], code[:16] + "\xff", "+358401234567", "1234567890",
		code + strings.Repeat(" ", 100), strings.Repeat("0", 10<<20),
	} {
		got, err := loyalty.ParseCode(s)
		if !errors.Is(err, loyalty.ErrCodeMalformed) || got != "" {
			t.Errorf("%.40q is read as %q, %v", s, got, err)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	code := loyalty.NewCode([loyalty.CodeRandomBytes]byte{9, 8, 7, 6, 5, 4, 3, 2, 1, 0})
	for _, s := range []string{code, strings.ToLower(code), code[:4] + "-" + code[4:], "", "OIL", "\xff\xfe", code + " "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := loyalty.ParseCode(s)
		if err != nil {
			if got != "" || !errors.Is(err, loyalty.ErrCodeMalformed) {
				t.Errorf("%q is read as %q, %v", s, got, err)
			}
			return
		}
		if again, err := loyalty.ParseCode(got); err != nil || again != got || len(got) != loyalty.CodeLen {
			t.Errorf("%q is read as %q, and that as %q, %v", s, got, again, err)
		}
	})
}
