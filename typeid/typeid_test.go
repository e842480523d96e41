package typeid_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/leima/leima/typeid"
)

// The vectors are those of the specification's valid.yml.
func TestFromFollowsTheSpecification(t *testing.T) {
	for _, c := range []struct{ id, uuid string }{
		{"nil_00000000000000000000000000", "00000000-0000-0000-0000-000000000000"},
		{"one_00000000000000000000000001", "00000000-0000-0000-0000-000000000001"},
		{"thirtytwo_00000000000000000000000010", "00000000-0000-0000-0000-000000000020"},
		{"max_7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
		{"prefix_01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"},
	} {
		prefix := c.id[:len(c.id)-27]
		if got := typeid.From(prefix, uuid.MustParse(c.uuid)); got != c.id {
			t.Errorf("From(%q, %s) = %s, want %s", prefix, c.uuid, got, c.id)
		}
		if err := typeid.Check(prefix, c.id); err != nil {
			t.Errorf("Check(%q): %v", c.id, err)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for name, id := range map[string]string{
		"empty":              "",
		"other kind":         "prog_01h455vb4pex5vsknk084sn02q",
		"too short":          "card_01h455vb4pex5vsknk084sn02",
		"too long":           "card_01h455vb4pex5vsknk084sn02qq",
		"beyond 128 bits":    "card_81h455vb4pex5vsknk084sn02q",
		"upper case":         "card_01H455VB4PEX5VSKNK084SN02Q",
		"letter not in use":  "card_01h455vb4pex5vsknk084sn02u",
		"control characters": "card_01h455vb4pex5vsknk084sn0\x00\n",
	} {
		if err := typeid.Check("card", id); !errors.Is(err, typeid.ErrMalformed) {
			t.Errorf("%s: Check(%q) = %v, want ErrMalformed", name, id, err)
		}
	}
}

func TestNewSortsByTime(t *testing.T) {
	last := ""
	for range 1000 {
		id := typeid.New("card")
		if id <= last {
			t.Fatalf("%s came after %s but sorts before it", id, last)
		}
		if err := typeid.Check("card", id); err != nil {
			t.Fatal(err)
		}
		last = id
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		typeid.New("card")
	}
}

func TestEarlierIsBeforeWhatWasMadeSince(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := uuid.Must(uuid.FromBytes(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid")))
		back := rapid.Int64Range(0, 1<<40).Draw(t, "milliseconds")
		id := typeid.From("ent", u)
		earlier := typeid.Earlier("ent", id, time.Duration(back)*time.Millisecond)
		if err := typeid.Check("ent", earlier); err != nil || earlier > id {
			t.Fatalf("%s, before %s: %v", earlier, id, err)
		}
		// Whatever was made at that millisecond is not before it, and what was made one
		// earlier is.
		ms := int64(u[0])<<40 | int64(u[1])<<32 | int64(u[2])<<24 | int64(u[3])<<16 | int64(u[4])<<8 | int64(u[5])
		if ms -= back; ms <= 0 {
			return
		}
		at := func(ms int64) string {
			v := u
			for i := range 6 {
				v[i] = byte(ms >> (40 - 8*i))
			}
			return typeid.From("ent", v)
		}
		if at(ms) < earlier || at(ms-1) >= earlier {
			t.Fatalf("%s is not the first of its millisecond", earlier)
		}
	})
}
