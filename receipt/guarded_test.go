package receipt

import (
	"errors"
	"testing"
)

func TestAPanicOfTheLibraryIsADamagedWorkbook(t *testing.T) {
	var wrong *FileError
	if err := guarded(func() error { panic("index out of range") }); !errors.As(err, &wrong) {
		t.Errorf("got %v, want a FileError", err)
	}
}
