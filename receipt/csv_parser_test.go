package receipt

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// parsed is one record, or why it is none.
type parsed struct {
	Line    int
	Fields  []string
	Problem string
}

func parseCSV(t testing.TB, src io.Reader) []parsed {
	t.Helper()
	p := newCSVParser(&newlineReader{src: src}, ',')
	var all []parsed
	for {
		line, err := p.next()
		var problem csvProblem
		switch {
		case errors.Is(err, io.EOF):
			return all
		case errors.As(err, &problem):
			all = append(all, parsed{Line: line, Problem: problem.text()})
		case err != nil:
			t.Fatal(err)
		default:
			record := parsed{Line: line}
			for i := range p.fields {
				record.Fields = append(record.Fields, string(p.field(i)))
			}
			all = append(all, record)
		}
	}
}

func TestCSVRecords(t *testing.T) {
	good := func(line int, fields ...string) parsed { return parsed{Line: line, Fields: fields} }
	bad := func(line int, problem csvProblem) parsed { return parsed{Line: line, Problem: problem.text()} }
	tests := []struct {
		name string
		text string
		want []parsed
	}{
		{"nothing", "", nil},
		{"only line ends", "\n\r\n\r\n", nil},
		{"one cell", "a", []parsed{good(1, "a")}},
		{"LF", "a,b\nc,d\n", []parsed{good(1, "a", "b"), good(2, "c", "d")}},
		{"CR LF", "a,b\r\nc,d\r\n", []parsed{good(1, "a", "b"), good(2, "c", "d")}},
		{"CR", "a,b\rc,d\r", []parsed{good(1, "a", "b"), good(2, "c", "d")}},
		{"no line end at the end", "a,b\nc,d", []parsed{good(1, "a", "b"), good(2, "c", "d")}},
		{"empty lines are left out and counted", "a\n\n\nb\n", []parsed{good(1, "a"), good(4, "b")}},
		{"empty cells", ",\n,,", []parsed{good(1, "", ""), good(2, "", "", "")}},
		{"spaces stay", " a , b \n", []parsed{good(1, " a ", " b ")}},

		{"quotes", `"a","b,c"` + "\n" + `d,"e ""f"""`, []parsed{good(1, "a", "b,c"), good(2, "d", `e "f"`)}},
		{"empty quotes", `"",""`, []parsed{good(1, "", "")}},
		{"line ends in quotes", "\"a\r\nb\rc\nd\",e\nf\n", []parsed{good(1, "a\nb\nc\nd", "e"), good(5, "f")}},
		{"an empty line in quotes", "\"a\n\nb\"\nc", []parsed{good(1, "a\n\nb"), good(4, "c")}},
		{"an inch in a plain cell", "5\" bandage,2\nx,y\n", []parsed{good(1, `5" bandage`, "2"), good(2, "x", "y")}},
		{"a cell after a quoted line end", "\"a\n\",\"b\"", []parsed{good(1, "a\n", "b")}},

		{"quote not closed: the next lines are read", "a,\"b\nc,d\ne,f\n", []parsed{bad(1, problemOpenQuote), good(2, "c", "d"), good(3, "e", "f")}},
		{"quote opened at the very end", "a\nb,\"", []parsed{good(1, "a"), bad(2, problemOpenQuote)}},
		{"quote opened before the last line end", "a\nb,\"\n", []parsed{good(1, "a"), bad(2, problemOpenQuote)}},
		{"text after a quote", "\"a\"b,c\nd,e\n", []parsed{bad(1, problemAfterQuote), good(2, "d", "e")}},
		{"closed by the next line's quote", "a,\"b\nc,\"d\"\ne,f\n", []parsed{bad(1, problemAfterQuote), good(2, "c", "d"), good(3, "e", "f")}},

		{"a cell as long as allowed", strings.Repeat("x", MaxFieldBytes) + ",b", []parsed{good(1, strings.Repeat("x", MaxFieldBytes), "b")}},
		{"a cell too long", strings.Repeat("x", MaxFieldBytes+1) + ",b\nc,d", []parsed{bad(1, problemFieldLength), good(2, "c", "d")}},
		{"a quoted cell too long", "\"" + strings.Repeat("x", MaxFieldBytes+1) + "\",b\nc,d", []parsed{bad(1, problemFieldLength), good(2, "c", "d")}},
		{"a quote that would swallow the file", "a,\"b\n" + strings.Repeat("c,d\n", MaxFieldBytes), append(
			[]parsed{bad(1, problemFieldLength)}, repeated(2, MaxFieldBytes, "c", "d")...)},
		{"as many columns as allowed", strings.Repeat(",", MaxColumns-1), []parsed{good(1, make([]string, MaxColumns)...)}},
		{"too many columns", strings.Repeat(",", MaxColumns) + "\na", []parsed{bad(1, problemColumns), good(2, "a")}},
		{"too many quoted columns", strings.Repeat(`"",`, MaxColumns) + "\na", []parsed{bad(1, problemColumns), good(2, "a")}},
		{"a row too long", strings.Repeat("x", 3*MaxRecordBytes) + "\na", []parsed{bad(1, problemRecordLength), good(2, "a")}},
		{"a row too long and nothing else", strings.Repeat("x", 3*MaxRecordBytes), []parsed{bad(1, problemRecordLength)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parseCSV(t, strings.NewReader(tt.text))); diff != "" {
				t.Errorf("records (-want +got):\n%.2000s", diff)
			}
			if len(tt.text) > 1000 {
				return // byte by byte takes long
			}
			if diff := cmp.Diff(tt.want, parseCSV(t, iotest.OneByteReader(strings.NewReader(tt.text)))); diff != "" {
				t.Errorf("records read byte by byte (-want +got):\n%s", diff)
			}
		})
	}
}

func repeated(line, n int, fields ...string) []parsed {
	var all []parsed
	for i := range n {
		all = append(all, parsed{Line: line + i, Fields: fields})
	}
	return all
}

func TestCSVReportsAFailingDisk(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, text := range []string{"a,b\nc", "a,\"b\nc", strings.Repeat("x", 2*MaxRecordBytes)} {
		p := newCSVParser(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), ',')
		var err error
		for range 10 {
			if _, err = p.next(); errors.Is(err, broken) {
				break
			}
		}
		if !errors.Is(err, broken) {
			t.Errorf("%.10q: got %v, want the disk's error", text, err)
		}
	}
}

// FuzzCSVParser holds the parser against the standard library's where the
// two are to agree: on files that the other reads without complaint. On all
// others it must come to an end within its limits.
func FuzzCSVParser(f *testing.F) {
	for _, seed := range []string{
		"a,b\nc,d\n", "\"a\"\"\",\"b\nc\"\n", "a\n\n\"b", "\"\"x,y\n", ",,\n\"\n\n\"", "\"a\r\nb\"\r\n", "5\" x,\"y\"\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := parseCSV(t, strings.NewReader(text))
		if diff := cmp.Diff(got, parseCSV(t, iotest.HalfReader(strings.NewReader(text)))); diff != "" {
			t.Fatalf("the way of reading changes the records:\n%s", diff)
		}
		lastLine := 0
		for _, r := range got {
			if r.Line <= lastLine || len(r.Fields) > MaxColumns {
				t.Fatalf("line %d after %d, %d columns", r.Line, lastLine, len(r.Fields))
			}
			lastLine = r.Line
		}
		if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") || len(text) > MaxFieldBytes {
			return // the library keeps a lone CR, and has no limits
		}
		std := csv.NewReader(bytes.NewReader([]byte(text)))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil || strings.Count(text, ",") >= MaxColumns {
			return
		}
		var fields [][]string
		for _, r := range got {
			if r.Problem != "" {
				t.Fatalf("line %d is refused: %s", r.Line, r.Problem)
			}
			fields = append(fields, r.Fields)
		}
		if diff := cmp.Diff(want, fields); diff != "" {
			t.Fatalf("records (-standard library +ours):\n%s", diff)
		}
	})
}

func TestNewlineReaderAcrossReads(t *testing.T) {
	for _, text := range []string{"a\r\nb\rc\nd\r\r\n\n", "\r", "\n", "\r\n", "\r\n\r\n", "a"} {
		want := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
		for name, src := range map[string]io.Reader{
			"at once":      strings.NewReader(text),
			"byte by byte": iotest.OneByteReader(strings.NewReader(text)),
			"end at once":  iotest.DataErrReader(strings.NewReader(text)),
		} {
			got, err := io.ReadAll(&newlineReader{src: src})
			if err != nil || string(got) != want {
				t.Errorf("%q %s: got %q, %v; want %q", text, name, got, err, want)
			}
		}
	}
}

func BenchmarkCSVParser(b *testing.B) {
	for _, quoted := range []bool{false, true} {
		b.Run(fmt.Sprintf("quoted=%v", quoted), func(b *testing.B) {
			row := "2261,309,31625220889,940996,1.0,3.86,0.43,0.0,0.0,5,2017-01-28T19:06:53Z\n"
			if quoted {
				row = `"` + strings.ReplaceAll(strings.TrimSpace(row), ",", `","`) + "\"\n"
			}
			const rows = 10_000
			text := strings.Repeat(row, rows)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				p := newCSVParser(strings.NewReader(text), ',')
				for {
					if _, err := p.next(); err != nil {
						break
					}
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
