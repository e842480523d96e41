package receipt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync/atomic"
)

// records is what the three formats have in common: records in the order of
// the file, reduced to the mapped fields.
type records interface {
	// next fills c with the next record and returns its row. It returns
	// io.EOF at the end; a *RowError for a record that cannot be read, after
	// which the next one can be asked for; any other error is final.
	next(c *cells) (row int, err error)
	// close frees what the records hold, but not the file.
	close() error
}

// Counts says what became of the rows that were read so far.
type Counts struct {
	Rows         int // data rows, the sum of the others
	Lines        int // kept
	Bad          int // refused with a RowError
	Prescription int // dropped because they are prescription lines
	UnknownClass int // dropped because their legal class is not in the mapping
	Anonymous    int // left out because they have no customer, if so mapped
}

// Reader reads the lines of one file. Make one with [Open] or [NewReader] and
// close it. Only Progress may be called from another goroutine.
type Reader struct {
	records records
	cells   cells // of the row at hand; here so that not every row allocates it
	maker   lineMaker
	counts  Counts
	used    bool
	maxRows int // MaxRows, less in tests
	read    atomic.Int64
	total   int64
	file    io.Closer
}

// Open opens the file at path with [NewReader].
func Open(ctx context.Context, path string, m *Mapping) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening receipts: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fileErrorf("%q is not a regular file", path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r, err := NewReader(ctx, path, f, info.Size(), m)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.file = f
	return r, nil
}

// NewReader prepares to read src, which has size bytes. The name is used for
// its ending only, when the mapping leaves the format open. It returns a
// [FileError] for a file that cannot be what the mapping says: empty, too
// large, of another format or encoding, without a mapped column. The caller
// closes src after the reader.
func NewReader(ctx context.Context, name string, src io.ReaderAt, size int64, m *Mapping) (*Reader, error) {
	format, err := m.formatOf(name)
	if err != nil {
		return nil, &FileError{Reason: err.Error()}
	}
	if size == 0 {
		return nil, fileErrorf("the file is empty")
	}
	if size > MaxFileBytes {
		return nil, fileErrorf("the file has %d bytes, more than the %d that are allowed", size, int64(MaxFileBytes))
	}
	r := &Reader{total: size, maxRows: MaxRows}
	r.maker = lineMaker{m: m, names: m.Columns.names(), clock: m.clock}
	switch format {
	case FormatCSV:
		r.records, r.maker.text, err = openCSV(ctx, src, size, m, &r.read)
	case FormatXML:
		r.records, r.maker.text, err = openXML(ctx, src, size, m, &r.read)
	default:
		r.maker.xlsx = true
		var date1904 bool
		r.records, date1904, err = openXLSX(ctx, src, size, m, &r.read)
		if date1904 {
			r.maker.clock.epoch = days1904
		}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Lines returns the lines in the order of the file. A pair holds either a
// line or an error: a *[RowError] for a refused row, after which the iteration
// goes on, or a final error (a [FileError], the context's, an I/O error), which
// is the last pair. Lines can be ranged over once.
func (r *Reader) Lines(ctx context.Context) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		if r.used {
			yield(Line{}, errors.New("receipt: Lines was ranged over twice"))
			return
		}
		r.used = true
		lastRow := 0
		for n := 0; ; n++ {
			if n%rowsPerContextCheck == 0 && ctx.Err() != nil {
				yield(Line{}, fmt.Errorf("reading receipts: %w", context.Cause(ctx)))
				return
			}
			line, row, err := r.nextLine()
			switch {
			case errors.Is(err, errDropped):
				lastRow = row
			case err == nil || isRowError(err):
				lastRow = row
				if !yield(line, err) {
					return
				}
			case errors.Is(err, io.EOF):
				r.read.Store(r.total)
				return
			default:
				yield(Line{}, atRow(err, lastRow))
				return
			}
		}
	}
}

// errDropped stands for a row that nobody is to see.
var errDropped = errors.New("receipt: row dropped")

// nextLine reads and counts one row.
func (r *Reader) nextLine() (Line, int, error) {
	r.cells = cells{}
	row, err := r.records.next(&r.cells)
	if err != nil && !isRowError(err) {
		return Line{}, row, err
	}
	if r.counts.Rows == r.maxRows {
		return Line{}, row, fileErrorf("the file has more than %d rows: split it", r.maxRows)
	}
	r.counts.Rows++
	if err != nil {
		r.counts.Bad++
		return Line{}, row, err
	}
	line, bad, what := r.maker.line(row, &r.cells)
	switch what {
	case rowBad:
		r.counts.Bad++
		return Line{}, row, bad
	case rowPrescription:
		r.counts.Prescription++
	case rowUnknownClass:
		r.counts.UnknownClass++
	case rowAnonymous:
		r.counts.Anonymous++
	case rowKept:
		r.counts.Lines++
		return line, row, nil
	}
	return Line{}, row, errDropped
}

// Counts returns what became of the rows read so far. It must not be called
// while another goroutine ranges over Lines.
func (r *Reader) Counts() Counts { return r.counts }

// Progress returns how many bytes of the file have been read and how many it
// has. It may be called from any goroutine. A workbook is unpacked first; its
// bytes are then counted by rows.
func (r *Reader) Progress() (readBytes, totalBytes int64) {
	return min(r.read.Load(), r.total), r.total
}

// Close frees the reader and, if it was made by Open, closes the file.
func (r *Reader) Close() error {
	err := r.records.close()
	if r.file != nil {
		err = errors.Join(err, r.file.Close())
	}
	if err != nil {
		return fmt.Errorf("closing receipts: %w", err)
	}
	return nil
}

func isRowError(err error) bool {
	var row *RowError
	return errors.As(err, &row)
}

// atRow adds the last good row to a file error.
func atRow(err error, row int) error {
	var file *FileError
	if errors.As(err, &file) && file.Row == 0 {
		file.Row = row
		return file
	}
	return err
}
