package receipt

import (
	"errors"
	"strings"
	"testing"
)

func TestAFileMayNotHaveTooManyRows(t *testing.T) {
	m, err := ParseMapping([]byte("columns: {customer: c, receipt: r, at: {column: t, layouts: [unix]}}\n" +
		"format: csv\nlegal_class: {assume: other}\nearn: {per: receipt}\ncustomers: {match: external}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for rows, refused := range map[int]bool{5: false, 6: true} {
		data := "c,r,t\nbroken\n" + strings.Repeat("A,R,1700000000\n", rows-1)
		r, err := NewReader(t.Context(), "x", strings.NewReader(data), int64(len(data)), m)
		if err != nil {
			t.Fatal(err)
		}
		r.maxRows = 5
		var last error
		for _, err := range r.Lines(t.Context()) {
			last = err
		}
		var wrong *FileError
		if got := errors.As(last, &wrong); got != refused || r.Counts().Rows != 5 {
			t.Errorf("%d rows: %v, %+v", rows, last, r.Counts())
		}
		if refused && wrong.Row != 6 {
			t.Errorf("the last good row is %d, want 6", wrong.Row)
		}
	}
}
