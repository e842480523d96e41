package receipt

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sync/atomic"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

// xmlRecords reads the mapped values of an XML file, token by token.
type xmlRecords struct {
	dec     *xml.Decoder
	in      *tokenReader
	path    *xmlPath
	columns []xmlColumn // of the mapped fields
	stack   []string    // names of the open elements
	depth   int         // of the open record; 0 outside
	row     int
	problem flaw     // what is wrong with the open record
	seen    []string // paths of elements while no record was found
}

// xmlColumn is one value and where in the open elements it is being read.
type xmlColumn struct {
	xmlColumnPath
	field  field
	anchor []string // end of the path of the element that the path starts from
	base   int      // depth of that element while it is open, else 0
	inside bool     // the value's own element is open
	found  bool
	twice  bool
	long   bool
	text   []byte
}

func openXML(
	ctx context.Context, src io.ReaderAt, size int64, m *Mapping, read *atomic.Int64,
) (*xmlRecords, string, error) {
	if m.RecordPath == "" {
		return nil, "", fileErrorf("the mapping has no record path, which is needed for XML")
	}
	if err := ctx.Err(); err != nil {
		return nil, "", fmt.Errorf("reading receipts: %w", context.Cause(ctx))
	}
	text, label, err := openText(src, size, m.Encoding, read, declaredEncoding)
	if err != nil {
		return nil, "", err
	}
	if enc, err := encodingOf(label); err == nil && enc == unicode.UTF8 {
		// A broken character is to cost its row, not the rest of the file.
		text = transform.NewReader(text, runes.ReplaceIllFormed())
	}
	r := &xmlRecords{in: newTokenReader(text), path: &m.record}
	r.dec = newXMLDecoder(r.in)
	for f, name := range m.Columns.names() {
		if name == "" {
			continue
		}
		path, err := parseXMLColumn(name, m.record)
		if err != nil {
			return nil, "", fileErrorf("the mapping's %s: %s", fieldKeys[f], err.Error())
		}
		anchor := m.record.names[:len(m.record.names)-path.up]
		r.columns = append(r.columns, xmlColumn{xmlColumnPath: path, field: field(f), anchor: anchor})
	}
	return r, label, nil
}

var xmlDeclaration = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// declaredEncoding returns the encoding that the XML declaration names, UTF-8
// without one. UTF-16 can be told by the NUL beside the first '<' (XML 1.0,
// appendix F).
func declaredEncoding(head []byte) (string, error) {
	switch {
	case bytes.HasPrefix(head, []byte{'<', 0}):
		return "utf-16le", nil
	case bytes.HasPrefix(head, []byte{0, '<'}):
		return "utf-16be", nil
	}
	found := xmlDeclaration.FindSubmatch(head)
	if found == nil {
		return "utf-8", nil
	}
	label := string(found[1])
	if bytes.HasPrefix(bytes.ToLower(found[1]), []byte("utf-16")) {
		// It was read as bytes above, so it is not UTF-16.
		return "", fileErrorf("the XML declares %s but is not written in it: set encoding in the mapping", label)
	}
	return label, nil
}

func (r *xmlRecords) next(c *cells) (row int, err error) {
	for {
		r.in.used = 0
		token, err := r.dec.Token()
		if errors.Is(err, io.EOF) {
			if r.row == 0 {
				return 0, fileErrorf("no element is at the record path; the file has %s", listNames(r.seen))
			}
			return r.row, io.EOF
		}
		if err != nil {
			return r.row, xmlProblem(r.dec, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = r.open(t)
		case xml.EndElement:
			if r.depth > 0 && len(r.stack) == r.depth {
				row, err = r.finish(c)
				r.shut()
				return row, err
			}
			r.shut()
		case xml.CharData:
			r.chars(t)
		case xml.Directive:
			line, _ := r.dec.InputPos()
			err = checkDirective(line, t)
		}
		if err != nil {
			return r.row, err
		}
	}
}

// open goes into an element.
func (r *xmlRecords) open(t xml.StartElement) error {
	if len(r.stack) == MaxXMLDepth {
		line, _ := r.dec.InputPos()
		return fileErrorf("line %d: elements are nested deeper than %d", line, MaxXMLDepth)
	}
	r.stack = append(r.stack, t.Name.Local)
	if r.row == 0 {
		r.remember()
	}
	if r.path.matches(r.stack, r.path.names) {
		if r.depth > 0 {
			r.problem = because(CodeNestedRecord)
			return nil
		}
		r.depth = len(r.stack)
		r.row++
	}
	for i := range r.columns {
		c := &r.columns[i]
		if r.path.matches(r.stack, c.anchor) {
			c.reset()
			c.base = len(r.stack)
		}
		if c.base == 0 || !equalNames(r.stack[c.base:], c.elements) {
			continue
		}
		if c.attribute == "" {
			c.start()
			c.inside = true
			continue
		}
		for _, a := range t.Attr {
			if a.Name.Local == c.attribute && a.Name.Space != "xmlns" {
				c.start()
				c.add([]byte(a.Value))
				break
			}
		}
	}
	return nil
}

// shut leaves the innermost element.
func (r *xmlRecords) shut() {
	for i := range r.columns {
		c := &r.columns[i]
		if c.inside && len(r.stack) == c.base+len(c.elements) {
			c.inside = false
		}
		if c.base == len(r.stack) {
			c.reset()
		}
	}
	if len(r.stack) == r.depth {
		r.depth, r.problem = 0, flaw{}
	}
	r.stack = r.stack[:len(r.stack)-1]
}

func (r *xmlRecords) chars(text []byte) {
	for i := range r.columns {
		// Only the element's own text, not that of elements inside it.
		if c := &r.columns[i]; c.inside && len(r.stack) == c.base+len(c.elements) {
			c.add(text)
		}
	}
}

// finish returns the open record.
func (r *xmlRecords) finish(c *cells) (row int, err error) {
	problem := r.problem
	for i := range r.columns {
		column := &r.columns[i]
		switch {
		case column.twice && !problem.found():
			problem = because(CodeValueTwice, fieldKeys[column.field])
		case column.long && !problem.found():
			problem = because(CodeValueTooLong, fieldKeys[column.field], MaxFieldBytes)
		}
		c[column.field] = string(column.text)
	}
	if problem.found() {
		return r.row, problem.in(r.row, "", "")
	}
	return r.row, nil
}

// remember keeps the path of an element for the error that no record is found.
func (r *xmlRecords) remember() {
	if len(r.seen) > maxNamesShown {
		return
	}
	path := ""
	for _, name := range r.stack {
		path += "/" + shorten(name, maxNameRunes)
	}
	if !slices.Contains(r.seen, path) {
		r.seen = append(r.seen, path)
	}
}

func (r *xmlRecords) close() error { return nil }

func (c *xmlColumn) reset() {
	c.base, c.inside, c.found, c.twice, c.long = 0, false, false, false, false
	c.text = c.text[:0]
}

func (c *xmlColumn) start() {
	c.twice = c.twice || c.found
	c.found = true
}

func (c *xmlColumn) add(text []byte) {
	if len(c.text)+len(text) > MaxFieldBytes {
		c.long = true
		return
	}
	c.text = append(c.text, text...)
}
