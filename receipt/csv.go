package receipt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
)

// csvDelimiters are tried in this order when the mapping leaves it open.
var csvDelimiters = []byte{';', '\t', ',', '|'}

// csvHeadBytes is how much of the file is looked at for the delimiter; the
// header must stand in it.
const csvHeadBytes = 256 << 10

// csvRecords reads the mapped columns of a CSV file.
type csvRecords struct {
	parser  *csvParser
	columns int // how many the header has
	index   [fieldCount]int
	text    []byte
}

func openCSV(
	ctx context.Context, src io.ReaderAt, size int64, m *Mapping, read *atomic.Int64,
) (*csvRecords, string, error) {
	guess := func([]byte) (string, error) { return utf8OrWindows(ctx, src, size) }
	text, label, err := openText(src, size, m.Encoding, read, guess)
	if err != nil {
		return nil, "", err
	}
	text = &newlineReader{src: text}
	head := make([]byte, csvHeadBytes)
	n, err := io.ReadFull(text, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, "", fmt.Errorf("reading CSV: %w", err)
	}
	head = head[:n]
	delimiter := m.Delimiter
	if delimiter == 0 {
		delimiter = guessDelimiter(head, m)
	}
	r := &csvRecords{parser: newCSVParser(io.MultiReader(bytes.NewReader(head), text), delimiter)}
	header, err := csvHeader(r.parser, m.HeaderRow)
	if err != nil {
		return nil, "", err
	}
	r.columns = len(header)
	if r.index, err = findColumns(header, m.Columns.names()); err != nil {
		return nil, "", err
	}
	return r, label, nil
}

// csvHeader reads up to the header and returns its names. The header is the
// first record that begins in row or after it; what stands above may be
// anything.
func csvHeader(p *csvParser, row int) ([]string, error) {
	for {
		line, err := p.next()
		var problem csvProblem
		switch {
		case errors.Is(err, io.EOF):
			return nil, fileErrorf("there is no header in row %d: the file ends before it", row)
		case line < row && (err == nil || errors.As(err, &problem)):
			continue
		case errors.As(err, &problem):
			return nil, fileErrorf("the header in row %d cannot be read: %s", line, problem.Error())
		case err != nil:
			return nil, err
		}
		var names []string
		for i := range p.fields {
			if bytes.IndexByte(p.field(i), 0) >= 0 {
				return nil, fileErrorf("the header has NUL bytes: the file is not text, or it is UTF-16 without a mark (set encoding: utf-16)")
			}
			names = append(names, string(p.field(i)))
		}
		return names, nil
	}
}

// guessDelimiter returns the delimiter with which the header has the most
// mapped columns, and of those the one with the most columns.
func guessDelimiter(head []byte, m *Mapping) byte {
	best, mostFound, mostColumns := byte(','), 0, 1
	for _, delimiter := range csvDelimiters {
		header, err := csvHeader(newCSVParser(bytes.NewReader(head), delimiter), m.HeaderRow)
		if err != nil {
			continue
		}
		found := 0
		for _, name := range m.Columns.names() {
			if name == "" {
				continue
			}
			for _, have := range header {
				if sameColumn(have, name) {
					found++
					break
				}
			}
		}
		if found > mostFound || found == mostFound && len(header) > mostColumns {
			best, mostFound, mostColumns = delimiter, found, len(header)
		}
	}
	return best
}

// sameColumn reports whether a header cell is the column that a mapping names.
func sameColumn(header, name string) bool {
	return strings.TrimSpace(header) == strings.TrimSpace(name)
}

// findColumns returns for each mapped name its place in the header, -1 for
// names that are not mapped.
func findColumns(header []string, names [fieldCount]string) (index [fieldCount]int, err error) {
	var missing []string
	for f, name := range names {
		index[f] = -1
		if name == "" {
			continue
		}
		for i, have := range header {
			if !sameColumn(have, name) {
				continue
			}
			if index[f] >= 0 {
				return index, fileErrorf("the column %q is there twice, as number %d and %d: which one is meant cannot be told",
					shorten(name, maxNameRunes), index[f]+1, i+1)
			}
			index[f] = i
		}
		if index[f] < 0 {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return index, fileErrorf("the file does not have the column %s; its columns are %s", listNames(missing), listNames(header))
	}
	return index, nil
}

func (r *csvRecords) next(c *cells) (row int, err error) {
	row, err = r.parser.next()
	if err != nil {
		var problem csvProblem // here, because it moves to the heap
		if errors.As(err, &problem) {
			err = problem.in(row, "", "")
		}
		return row, err
	}
	if err := r.checkWidth(row); err != nil {
		return row, err
	}
	// One string for all cells: the parser's bytes do not stay.
	r.text = r.text[:0]
	for _, i := range r.index {
		if i >= 0 {
			r.text = append(r.text, r.parser.field(i)...)
		}
	}
	text := string(r.text)
	for f, i := range r.index {
		if i >= 0 {
			n := len(r.parser.field(i))
			c[f], text = text[:n], text[n:]
		}
	}
	return row, nil
}

// checkWidth refuses rows whose cells may have moved to other columns.
func (r *csvRecords) checkWidth(row int) error {
	have := len(r.parser.fields)
	for have > r.columns && len(r.parser.field(have-1)) == 0 {
		have-- // delimiters at the end of the row are harmless
	}
	if have != r.columns {
		return because(CodeCellCount, have, r.columns).in(row, "", "")
	}
	return nil
}

func (r *csvRecords) close() error { return nil }
