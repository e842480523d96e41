package receipt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// csvParser splits CSV (RFC 4180) into records. The standard library's reader
// has no limit on a field, so that one quote that is never closed swallows the
// rest of the file and its memory; here it costs its own line, and the reading
// goes on with the next. A quote inside a field that does not begin with one
// is taken as it stands (5" bandage), as spreadsheets do.
//
// The source must end lines with LF, see newlineReader.
type csvParser struct {
	src   io.Reader
	comma byte
	buf   []byte // unread bytes are buf[start:end]
	start int
	end   int
	eof   bool
	line  int // lines consumed

	// The last record: its fields are parts of data.
	data    []byte
	fields  []span
	scratch []byte // where records with quotes are put together
}

type span struct{ from, to int }

// csvProblem is a record that cannot be split; the parser stands behind its
// first line.
type csvProblem struct{ flaw }

func (p csvProblem) Error() string { return p.text() }

var (
	problemRecordLength = csvProblem{because(CodeRowTooLong, MaxRecordBytes)}
	problemFieldLength  = csvProblem{because(CodeCellTooLong, MaxFieldBytes)}
	problemColumns      = csvProblem{because(CodeTooManyColumns, MaxColumns)}
	problemOpenQuote    = csvProblem{because(CodeOpenQuote)}
	problemAfterQuote   = csvProblem{because(CodeTextAfterQuote)}
)

const csvBufferBytes = 64 << 10

func newCSVParser(src io.Reader, comma byte) *csvParser {
	return &csvParser{src: src, comma: comma, buf: make([]byte, csvBufferBytes)}
}

// next reads one record and returns the line where it begins, 1 for the first.
// Empty lines are left out. It returns io.EOF at the end and a csvProblem for a
// record that cannot be split.
func (p *csvParser) next() (line int, err error) {
	for {
		end, found, err := p.lineEnd(0)
		if err != nil {
			return p.line, err
		}
		line = p.line + 1
		if !found {
			return line, p.skipLine()
		}
		text := p.buf[p.start : p.start+end]
		switch {
		case len(text) == 0 && p.start == p.end:
			return p.line, io.EOF
		case len(text) == 0:
			p.consume(end, 1)
			continue
		case bytes.IndexByte(text, '"') >= 0:
			return line, p.quoted(end)
		}
		err = p.plain(text)
		p.consume(end, 1)
		return line, err
	}
}

// field returns a field of the last record, until the next one is read.
func (p *csvParser) field(i int) []byte { return p.data[p.fields[i].from:p.fields[i].to] }

// plain splits a line without quotes. Data is the line itself: it stays in
// the buffer until the next record is read.
func (p *csvParser) plain(text []byte) error {
	p.data, p.fields = text, p.fields[:0]
	for from := 0; ; {
		if len(p.fields) == MaxColumns {
			return problemColumns
		}
		n := bytes.IndexByte(text[from:], p.comma)
		to := from + n
		if n < 0 {
			to = len(text)
		}
		if to-from > MaxFieldBytes {
			return problemFieldLength
		}
		p.fields = append(p.fields, span{from, to})
		if n < 0 {
			return nil
		}
		from = to + 1
	}
}

// quoted splits a record that has quotes and may go on over several lines.
// FirstEnd is where its first line ends; after a problem the parser stands
// behind it, because what follows may well be good.
func (p *csvParser) quoted(firstEnd int) error {
	data := p.scratch[:0]
	defer func() { p.scratch = data }()
	p.fields = p.fields[:0]
	end, lines := firstEnd, 1
	for i := 0; ; i++ { // i stands at the beginning of a field
		if len(p.fields) == MaxColumns {
			p.consume(firstEnd, 1)
			return problemColumns
		}
		from := len(data)
		if i < end && p.at(i) == '"' {
			var err error
			if data, i, err = p.quotedField(data, i+1, &end, &lines); err != nil {
				p.consume(firstEnd, 1)
				return err
			}
		} else {
			for ; i < end && p.at(i) != p.comma; i++ {
				data = append(data, p.at(i))
			}
		}
		if len(data)-from > MaxFieldBytes {
			p.consume(firstEnd, 1)
			return problemFieldLength
		}
		p.fields = append(p.fields, span{from, len(data)})
		if i == end {
			p.data = data
			p.consume(end, lines)
			return nil
		}
	}
}

// quotedField appends a field whose opening quote is behind i. It returns
// where the delimiter or the end of the record stands. End and lines grow
// with every line that belongs to the field.
func (p *csvParser) quotedField(data []byte, i int, end, lines *int) ([]byte, int, error) {
	for from := len(data); ; i++ {
		if len(data)-from > MaxFieldBytes {
			return data, i, problemFieldLength
		}
		if i == *end {
			more, found, err := p.lineEnd(i + 1)
			if err != nil && !errors.Is(err, io.EOF) {
				return data, i, err
			}
			if !found {
				return data, i, problemRecordLength
			}
			if p.start+i+1 >= p.end && p.eof { // nothing behind the last line end
				return data, i, problemOpenQuote
			}
			data = append(data, '\n')
			*end = more
			*lines++
			continue
		}
		c := p.at(i)
		if c != '"' {
			data = append(data, c)
			continue
		}
		switch {
		case i+1 == *end || p.at(i+1) == p.comma:
			return data, i + 1, nil
		case p.at(i+1) == '"':
			data = append(data, '"')
			i++
		default:
			return data, i, problemAfterQuote
		}
	}
}

func (p *csvParser) at(i int) byte { return p.buf[p.start+i] }

// lineEnd returns where the line that holds the unread byte from ends: at its
// LF, or at the end of the file. Found is false if that is farther away than a
// record may be long.
func (p *csvParser) lineEnd(from int) (end int, found bool, err error) {
	for {
		if p.start+from <= p.end {
			if n := bytes.IndexByte(p.buf[p.start+from:p.end], '\n'); n >= 0 {
				return from + n, from+n <= MaxRecordBytes, nil
			}
		}
		unread := p.end - p.start
		if p.eof {
			return unread, unread <= MaxRecordBytes, nil
		}
		if unread > MaxRecordBytes {
			return 0, false, nil
		}
		from = max(from, unread)
		if err := p.fill(); err != nil {
			return 0, false, err
		}
	}
}

// fill reads more bytes behind the unread ones.
func (p *csvParser) fill() error {
	if p.start > 0 {
		p.end = copy(p.buf, p.buf[p.start:p.end])
		p.start = 0
	}
	if p.end == len(p.buf) {
		p.buf = append(p.buf, make([]byte, len(p.buf))...)
	}
	n, err := p.src.Read(p.buf[p.end:])
	p.end += n
	if errors.Is(err, io.EOF) {
		p.eof = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading CSV: %w", err)
	}
	return nil
}

// consume goes behind the line end at end.
func (p *csvParser) consume(end, lines int) {
	p.start = min(p.start+end+1, p.end)
	p.line += lines
}

// skipLine goes behind the next line end, however far it is.
func (p *csvParser) skipLine() error {
	for {
		if n := bytes.IndexByte(p.buf[p.start:p.end], '\n'); n >= 0 {
			p.consume(n, 1)
			return problemRecordLength
		}
		p.start = p.end
		if p.eof {
			p.line++
			return problemRecordLength
		}
		if err := p.fill(); err != nil {
			return err
		}
	}
}
