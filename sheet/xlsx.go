package sheet

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// MaxXLSXRows is how many rows a sheet of a workbook has below its head (ECMA-376, as
// Excel limits it).
const MaxXLSXRows = 1_048_576 - 1

// Formats of cells, in Excel's language.
const (
	instantFormat = "yyyy-mm-dd hh:mm:ss"
	dayFormat     = "yyyy-mm-dd"
)

// Widths of columns, in characters.
const (
	textWidth = 24
	dateWidth = 20
)

type xlsxWriter struct {
	to      io.Writer
	book    *excelize.File
	rows    *excelize.StreamWriter
	columns []Column
	styles  []int
	written int
}

// NewXLSX begins a workbook with one sheet and the names of the columns in its first row,
// which stays when one scrolls. Rows are kept in a temporary file until Close, which
// packs the workbook into w. Who gives up before that calls Close, too, and throws away
// what was written.
func NewXLSX(w io.Writer, columns []Column) (Writer, error) {
	x := &xlsxWriter{to: w, book: excelize.NewFile(), columns: columns}
	if err := x.begin(); err != nil {
		return nil, errors.Join(fmt.Errorf("begin a workbook: %w", err), x.book.Close())
	}
	return x, nil
}

func (x *xlsxWriter) begin() (err error) {
	if x.rows, err = x.book.NewStreamWriter(x.book.GetSheetName(0)); err != nil {
		return err //nolint:wrapcheck // begin's caller says what was being done
	}
	instants, days := instantFormat, dayFormat
	instant, err := x.book.NewStyle(&excelize.Style{CustomNumFmt: &instants})
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	day, err := x.book.NewStyle(&excelize.Style{CustomNumFmt: &days})
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	bold, err := x.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	head := make([]any, len(x.columns))
	for i, c := range x.columns {
		head[i] = excelize.Cell{StyleID: bold, Value: c.Name}
		width := float64(textWidth)
		style := 0
		switch c.Kind {
		case Instant:
			style, width = instant, dateWidth
		case Day:
			style, width = day, dateWidth
		case Text, Number:
		}
		x.styles = append(x.styles, style)
		if err := x.rows.SetColWidth(i+1, i+1, width); err != nil {
			return err //nolint:wrapcheck // as above
		}
	}
	if err := x.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err //nolint:wrapcheck // as above
	}
	return x.rows.SetRow("A1", head) //nolint:wrapcheck // as above
}

func (x *xlsxWriter) Row(cells ...any) error {
	if err := check(x.columns, cells); err != nil {
		return err
	}
	if x.written == MaxXLSXRows {
		return fmt.Errorf("a sheet has no room for more than %d rows", MaxXLSXRows)
	}
	row := make([]any, len(cells))
	for i, cell := range cells {
		if s, ok := cell.(string); ok {
			cell = printable(s) // a cell of text is no formula, whatever it begins with
		}
		if t, ok := cell.(time.Time); ok && x.columns[i].Kind == Day {
			cell = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		}
		row[i] = excelize.Cell{StyleID: x.styles[i], Value: cell}
	}
	x.written++
	at, err := excelize.CoordinatesToCellName(1, x.written+1)
	if err != nil {
		return fmt.Errorf("name a row: %w", err)
	}
	if err := x.rows.SetRow(at, row); err != nil {
		return fmt.Errorf("write a row of a workbook: %w", err)
	}
	return nil
}

func (x *xlsxWriter) Close() error {
	err := x.rows.Flush()
	if err == nil {
		err = x.book.Write(x.to)
	}
	if err = errors.Join(err, x.book.Close()); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}
