package projection

import (
	"testing"

	"pgregory.net/rapid"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		varint, fixed, small := rapid.Int64().Draw(rt, "varint"), rapid.Int64().Draw(rt, "fixed"), int(rapid.Int32().Draw(rt, "small"))
		text := rapid.String().Draw(rt, "text")
		var w writer
		w.varint(varint)
		w.int64(fixed)
		w.int32(small)
		w.string(text)
		r := reader{s: string(w.b)}
		if a, b, c, d := r.varint(), r.int64(), r.int32(), r.string(); a != varint || b != fixed || c != small || d != text || r.end() != nil || w.bad {
			rt.Fatalf("have %d, %d, %d, %q, %v", a, b, c, d, r.end())
		}
		cut := reader{s: string(w.b[:len(w.b)-1])}
		cut.varint()
		cut.int64()
		cut.int32()
		cut.string()
		if cut.end() == nil {
			rt.Fatal("a text that was cut is read")
		}
	})
}

func TestNumbersThatAreTooLong(t *testing.T) {
	for _, s := range []string{
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "\x80", "",
	} {
		r := reader{s: s}
		if n := r.varint(); n != 0 || !r.bad {
			t.Errorf("%q is read as %d", s, n)
		}
	}
}
