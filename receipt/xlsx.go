package receipt

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/xuri/excelize/v2"
)

var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
)

// xlsxPartInMemoryBytes is the size from which sheets and strings are unpacked
// to temporary files instead of memory.
const xlsxPartInMemoryBytes = 16 << 20

// xlsxRecords reads the mapped columns of one sheet.
type xlsxRecords struct {
	book  *excelize.File
	rows  *excelize.Rows
	row   int // the last that was read
	index [fieldCount]int
	// Progress is counted by rows: the bytes are read in one go at the start.
	read     *atomic.Int64
	size     int64
	rowsThen int64 // in all sheets together
}

// openXLSX checks the workbook part by part (see checkWorkbook), because the
// library ends a damaged sheet without a word, and then opens the sheet.
// Date1904 tells which calendar its dates count from.
func openXLSX(
	ctx context.Context, src io.ReaderAt, size int64, m *Mapping, read *atomic.Int64,
) (r *xlsxRecords, date1904 bool, err error) {
	if size > MaxXLSXBytes {
		return nil, false, fileErrorf("the workbook has %d bytes, more than the %d that are allowed: save it as CSV", size, MaxXLSXBytes)
	}
	archive, err := openZip(src, size)
	if err != nil {
		return nil, false, err
	}
	rows, err := checkWorkbook(ctx, archive)
	if err != nil {
		return nil, false, err
	}
	r = &xlsxRecords{read: read, size: size, rowsThen: rows}
	err = guarded(func() error {
		date1904, err = r.open(io.NewSectionReader(src, 0, size), m)
		return err
	})
	if err != nil {
		return nil, false, errors.Join(err, r.close())
	}
	return r, date1904, nil
}

func openZip(src io.ReaderAt, size int64) (*zip.Reader, error) {
	head := make([]byte, len(oleMagic))
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading workbook: %w", err)
	}
	switch head := string(head[:n]); {
	case head == string(oleMagic):
		return nil, fileErrorf("the workbook is protected by a password or in the old .xls format: save it as .xlsx without a password")
	case !strings.HasPrefix(head, string(zipMagic)):
		return nil, fileErrorf("the file is not a workbook (.xlsx)")
	}
	archive, err := zip.NewReader(src, size)
	if err != nil {
		return nil, &FileError{Reason: "the workbook is damaged", Err: err}
	}
	return archive, nil
}

// guarded calls the library and turns a panic of it into an error: it trusts
// files more than files from outside deserve.
func guarded(call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fileErrorf("the workbook is damaged: %v", p)
		}
	}()
	return call()
}

func (r *xlsxRecords) open(src io.Reader, m *Mapping) (date1904 bool, err error) {
	r.book, err = excelize.OpenReader(src, excelize.Options{
		RawCellValue:      true, // dates as numbers, amounts unrounded
		UnzipSizeLimit:    MaxXLSXUnzippedBytes,
		UnzipXMLSizeLimit: xlsxPartInMemoryBytes,
	})
	if err != nil {
		return false, &FileError{Reason: "the workbook cannot be opened", Err: err}
	}
	props, err := r.book.GetWorkbookProps()
	if err != nil {
		return false, &FileError{Reason: "the workbook cannot be opened", Err: err}
	}
	sheets := r.book.GetSheetList()
	if len(sheets) == 0 {
		return false, fileErrorf("the workbook has no sheet")
	}
	sheet := m.Sheet
	if sheet == "" {
		sheet = sheets[0]
	} else if !slices.Contains(sheets, sheet) {
		return false, fileErrorf("the workbook does not have the sheet %q; its sheets are %s", sheet, listNames(sheets))
	}
	if r.rows, err = r.book.Rows(sheet); err != nil {
		return false, &FileError{Reason: fmt.Sprintf("the sheet %q cannot be read", sheet), Err: err}
	}
	var header []string
	for len(header) == 0 || r.row < m.HeaderRow {
		if header, err = r.columns(); errors.Is(err, io.EOF) {
			return false, fileErrorf("there is no header in row %d of the sheet %q: the sheet ends before it", m.HeaderRow, sheet)
		} else if err != nil {
			return false, err
		}
	}
	if len(header) > MaxColumns {
		return false, fileErrorf("the header has more than %d columns", MaxColumns)
	}
	r.index, err = findColumns(header, m.Columns.names())
	return props.Date1904 != nil && *props.Date1904, err
}

// columns returns the cells of the next row of the sheet, none for an empty
// one, and io.EOF at the end.
func (r *xlsxRecords) columns() ([]string, error) {
	if !r.rows.Next() {
		return nil, io.EOF
	}
	r.row++
	if r.rowsThen > 0 {
		r.read.Store(r.size * min(int64(r.row), r.rowsThen) / r.rowsThen)
	}
	found, err := r.rows.Columns()
	if err != nil {
		return nil, &FileError{Row: r.row, Reason: "the sheet is damaged", Err: err}
	}
	return found, nil
}

func (r *xlsxRecords) next(c *cells) (row int, err error) {
	var found []string
	for len(found) == 0 && err == nil {
		err = guarded(func() error {
			found, err = r.columns()
			return err
		})
		if err == nil && !slices.ContainsFunc(found, func(s string) bool { return s != "" }) {
			found = nil
		}
	}
	if err != nil {
		return r.row, err
	}
	if len(found) > MaxColumns {
		return r.row, problemColumns.in(r.row, "", "")
	}
	for f, i := range r.index {
		if i < 0 || i >= len(found) {
			continue
		}
		if len(found[i]) > MaxFieldBytes {
			return r.row, because(CodeCellTooLong, MaxFieldBytes).in(r.row, "", "")
		}
		c[f] = found[i]
	}
	return r.row, nil
}

// close removes the library's temporary files.
func (r *xlsxRecords) close() error {
	var err error
	if r.rows != nil {
		err = r.rows.Close()
	}
	if r.book != nil {
		err = errors.Join(err, r.book.Close())
	}
	if err != nil {
		return fmt.Errorf("closing workbook: %w", err)
	}
	return nil
}
