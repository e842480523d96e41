package receipt

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// checkWorkbook reads every part of a workbook once, without keeping it, and
// refuses what the spreadsheet library would not notice: parts that unpack to
// more than the limits or differ from their checksums, sheets that break off
// or are no XML, rows and cells out of order, texts that are not in the table
// of strings (the library would give their number as the value). It returns
// how many rows the sheets have together.
//
// The names of the parts are those that Excel and LibreOffice give them
// (ECMA-376 leaves them open).
func checkWorkbook(ctx context.Context, archive *zip.Reader) (rows int64, err error) {
	if len(archive.File) > MaxXLSXParts {
		return 0, fileErrorf("the workbook has %d parts, more than the %d that are allowed", len(archive.File), MaxXLSXParts)
	}
	total := uint64(0)
	for _, part := range archive.File {
		size := part.UncompressedSize64
		if size > MaxXLSXUnzippedBytes || total+size > MaxXLSXUnzippedBytes {
			return 0, fileErrorf("the workbook unpacks to more than %d bytes: save it as CSV", MaxXLSXUnzippedBytes)
		}
		total += size
		if kindOfPart(part) == partOther && size > MaxXLSXPartBytes {
			return 0, fileErrorf("the part %q of the workbook unpacks to more than %d bytes", shorten(part.Name, maxNameRunes), MaxXLSXPartBytes)
		}
	}
	check := sheetCheck{}
	// Strings first: the sheets point to them.
	for _, kind := range []partKind{partStrings, partSheet, partOther} {
		for _, part := range archive.File {
			if kindOfPart(part) != kind {
				continue
			}
			if err := check.part(ctx, kind, part); err != nil {
				return 0, err
			}
		}
	}
	return check.rows, nil
}

type partKind int

const (
	partOther partKind = iota
	partStrings
	partSheet
)

func kindOfPart(part *zip.File) partKind {
	switch name := pathOf(part); {
	case name == "xl/sharedstrings.xml":
		return partStrings
	case strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml"):
		return partSheet
	default:
		return partOther
	}
}

// pathOf returns a part's name in the form to compare: packers differ in case
// and slashes.
func pathOf(part *zip.File) string { return strings.ToLower(strings.ReplaceAll(part.Name, "\\", "/")) }

// sheetCheck goes through the XML of a workbook's parts.
type sheetCheck struct {
	strings int64 // in the table of strings
	rows    int64 // of all sheets

	// Of the part being checked.
	kind     partKind
	stack    []string // names of the open elements
	row      int      // the last
	column   int      // of the last cell of the row
	isString bool
	inValue  bool
	value    []byte
}

// maxIndexBytes is the longest number of a string.
const maxIndexBytes = 20

func (s *sheetCheck) part(ctx context.Context, kind partKind, part *zip.File) (err error) {
	name := shorten(part.Name, maxNameRunes)
	open, err := part.Open()
	if err != nil {
		return &FileError{Reason: fmt.Sprintf("the part %q of the workbook is damaged", name), Err: err}
	}
	defer func() { err = errors.Join(err, open.Close()) }()
	// Sheets may have other names; the root element tells (see token).
	if path := pathOf(part); kind != partOther || strings.HasPrefix(path, "xl/") && strings.HasSuffix(path, ".xml") {
		var known *FileError
		s.kind = kind
		if err := s.walk(ctx, open); errors.As(err, &known) || ctx.Err() != nil {
			return fmt.Errorf("part %q of the workbook: %w", name, err)
		} else if err != nil {
			return &FileError{Reason: fmt.Sprintf("the part %q of the workbook is damaged", name), Err: err}
		}
	}
	// To the end, so that the checksum is compared. One byte more than there
	// may be is enough for the zip reader to say that there is too much.
	limited := io.LimitReader(open, MaxXLSXUnzippedBytes+1)
	if _, err := io.Copy(io.Discard, limited); err != nil {
		return &FileError{Reason: fmt.Sprintf("the part %q of the workbook is damaged", name), Err: err}
	}
	return nil
}

// walk reads a part as XML. RawToken is used because it is twice as fast as
// Token; the order of the tags, which only Token checks, is checked here.
func (s *sheetCheck) walk(ctx context.Context, src io.Reader) error {
	in := newTokenReader(src)
	d := newXMLDecoder(in)
	s.row, s.column, s.stack = 0, 0, s.stack[:0]
	for n := 0; ; n++ {
		if n%rowsPerContextCheck == 0 && ctx.Err() != nil {
			return fmt.Errorf("reading workbook: %w", context.Cause(ctx))
		}
		in.used = 0
		token, err := d.RawToken()
		line, _ := d.InputPos()
		if errors.Is(err, io.EOF) && len(s.stack) > 0 {
			return fileErrorf("line %d: the XML breaks off", line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return xmlProblem(d, err)
		}
		if err := s.token(token, line); err != nil {
			return err
		}
	}
}

func (s *sheetCheck) token(token xml.Token, line int) error {
	switch t := token.(type) {
	case xml.StartElement:
		if len(s.stack) == MaxXMLDepth {
			return fileErrorf("line %d: elements are nested deeper than %d", line, MaxXMLDepth)
		}
		if len(s.stack) == 0 && t.Name.Local == "worksheet" {
			s.kind = partSheet
		}
		s.stack = append(s.stack, t.Name.Local)
		return s.open(&t)
	case xml.EndElement:
		if len(s.stack) == 0 || s.stack[len(s.stack)-1] != t.Name.Local {
			return fileErrorf("line %d: the XML closes %q, which is not open", line, shorten(t.Name.Local, maxNameRunes))
		}
		s.stack = s.stack[:len(s.stack)-1]
		return s.shut(t.Name.Local)
	case xml.CharData:
		if s.inValue && len(s.value) <= maxIndexBytes {
			s.value = append(s.value, t[:min(len(t), maxIndexBytes)]...)
		}
	case xml.Directive:
		return checkDirective(line, t)
	}
	return nil
}

// open looks at the elements si of the strings and row, c and v of a sheet.
func (s *sheetCheck) open(t *xml.StartElement) error {
	if s.kind == partStrings && t.Name.Local == "si" {
		s.strings++
	}
	if s.kind != partSheet {
		return nil
	}
	switch t.Name.Local {
	case "row":
		s.rows++
		row := s.row + 1
		if r := attribute(t, "r"); r != "" {
			var err error
			if row, err = strconv.Atoi(r); err != nil || row <= s.row {
				return fileErrorf("after row %d: the row number %q is out of order", s.row, shorten(r, maxNameRunes))
			}
		}
		if row > MaxXLSXRows {
			return fileErrorf("the sheet has more than %d rows", MaxXLSXRows)
		}
		s.row, s.column = row, 0
	case "c":
		s.isString = attribute(t, "t") == "s"
		column := s.column + 1
		if r := attribute(t, "r"); r != "" {
			if column = columnNumber(r); column <= s.column {
				return fileErrorf("row %d: the cell %q is out of order", s.row, shorten(r, maxNameRunes))
			}
		}
		s.column = column
	case "v":
		s.inValue = s.isString
		s.value = s.value[:0]
	}
	return nil
}

func (s *sheetCheck) shut(name string) error {
	if s.kind != partSheet || name != "v" || !s.inValue {
		return nil
	}
	s.inValue = false
	text := strings.TrimSpace(string(s.value))
	if text == "" {
		return nil
	}
	if i, err := strconv.ParseInt(text, 10, 64); err != nil || i < 0 || i >= s.strings {
		return fileErrorf("row %d: a cell points to text that is not in the workbook", s.row)
	}
	return nil
}

func attribute(t *xml.StartElement, name string) string {
	for i := range t.Attr {
		if t.Attr[i].Name.Local == name && t.Attr[i].Name.Space == "" {
			return t.Attr[i].Value
		}
	}
	return ""
}

// maxXLSXColumn is XFD, the last column of a sheet (ECMA-376, as Excel limits
// it).
const maxXLSXColumn = 16_384

// columnNumber returns 1 for the reference "A7", 27 for "AA7", and 0 for what
// is no reference.
func columnNumber(reference string) int {
	n, letters := 0, 0
	for ; letters < len(reference); letters++ {
		c := reference[letters] &^ 0x20 // upper case
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > maxXLSXColumn {
			return 0
		}
	}
	if letters == len(reference) {
		return 0
	}
	for _, c := range []byte(reference[letters:]) {
		if c < '0' || c > '9' {
			return 0
		}
	}
	return n
}
