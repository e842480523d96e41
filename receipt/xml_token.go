package receipt

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// errLongToken is why tokenReader stops.
var errLongToken = errors.New("a tag, text or comment is too long")

// tokenReader gives an xml.Decoder its bytes one by one and stops when one
// token has taken too many: the decoder itself collects a token in memory
// without a limit.
type tokenReader struct {
	src  *bufio.Reader
	used int // bytes given since the last token
}

func newTokenReader(src io.Reader) *tokenReader {
	return &tokenReader{src: bufio.NewReaderSize(src, csvBufferBytes)}
}

// ReadByte is what the decoder calls.
func (r *tokenReader) ReadByte() (byte, error) {
	if r.used >= MaxXMLTokenBytes {
		return 0, errLongToken
	}
	r.used++
	return r.src.ReadByte() //nolint:wrapcheck // io.EOF must stay io.EOF
}

// Read makes it an io.Reader, which the decoder asks for and does not use.
func (r *tokenReader) Read(p []byte) (int, error) {
	return r.src.Read(p) //nolint:wrapcheck // io.EOF must stay io.EOF
}

// newXMLDecoder returns a strict decoder over UTF-8 text. It resolves no
// entities but the five of XML; whatever encoding the text declares, it has
// been turned into UTF-8 already.
func newXMLDecoder(in *tokenReader) *xml.Decoder {
	d := xml.NewDecoder(in)
	d.Strict = true
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	return d
}

// xmlProblem puts a decoder's error into a file error.
func xmlProblem(d *xml.Decoder, err error) error {
	line, _ := d.InputPos()
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errLongToken):
		return fileErrorf("line %d: a tag, text or comment is longer than %d bytes", line, MaxXMLTokenBytes)
	case errors.As(err, &syntax):
		return fileErrorf("line %d: the XML is broken: %s", syntax.Line, syntax.Msg)
	default:
		return fmt.Errorf("reading XML: %w", err)
	}
}

// checkDirective refuses a document type that declares anything. Entities are
// not resolved here in any case; a file that brings some is either an attack
// or would lose the text that they stand for.
func checkDirective(line int, directive []byte) error {
	if bytes.ContainsRune(directive, '[') || bytes.Contains(bytes.ToUpper(directive), []byte("ENTITY")) {
		return fileErrorf("line %d: the document type declares entities or other things; such files are not read", line)
	}
	return nil
}
