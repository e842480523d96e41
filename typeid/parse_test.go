package typeid_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/leima/leima/typeid"
)

func TestParseReturnsWhatFromWasGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var u uuid.UUID
		copy(u[:], rapid.SliceOfN(rapid.Byte(), len(u), len(u)).Draw(t, "bits"))
		got, err := typeid.Parse("card", typeid.From("card", u))
		if err != nil || got != u {
			t.Fatalf("%s became %s, %v", u, got, err)
		}
	})
	if _, err := typeid.Parse("card", "prog_01h455vb4pex5vsknk084sn02q"); !errors.Is(err, typeid.ErrMalformed) {
		t.Errorf("an id of another kind: %v", err)
	}
}
