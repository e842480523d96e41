package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"
)

// byteOrderMark tells some spreadsheets that a file is UTF-8.
const byteOrderMark = "\ufeff"

type csvWriter struct {
	csv     *csv.Writer
	columns []Column
}

// NewCSV begins a CSV file in UTF-8 with the names of the columns: commas, CRLF, quotes
// where they are needed. mark puts a byte order mark before it, without which Excel
// takes the text for another encoding. A text that a spreadsheet could take for a formula
// begins with an apostrophe.
func NewCSV(w io.Writer, columns []Column, mark bool) (Writer, error) {
	if mark {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return nil, fmt.Errorf("write the byte order mark: %w", err)
		}
	}
	c := &csvWriter{csv: csv.NewWriter(w), columns: columns}
	c.csv.UseCRLF = true
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = harmless(column.Name)
	}
	if err := c.csv.Write(names); err != nil {
		return nil, fmt.Errorf("write the head of a CSV file: %w", err)
	}
	return c, nil
}

func (c *csvWriter) Row(cells ...any) error {
	if err := check(c.columns, cells); err != nil {
		return err
	}
	row := make([]string, len(cells))
	for i, cell := range cells {
		switch x := cell.(type) {
		case string:
			row[i] = harmless(printable(x))
		case int64:
			row[i] = strconv.FormatInt(x, 10)
		case time.Time:
			if c.columns[i].Kind == Day {
				row[i] = x.Format(time.DateOnly)
			} else {
				row[i] = x.Format(time.RFC3339)
			}
		}
	}
	if err := c.csv.Write(row); err != nil {
		return fmt.Errorf("write a row of a CSV file: %w", err)
	}
	return nil
}

func (c *csvWriter) Close() error {
	c.csv.Flush()
	if err := c.csv.Error(); err != nil {
		return fmt.Errorf("write a CSV file: %w", err)
	}
	return nil
}
