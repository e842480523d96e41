package receipt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// scanChunkBytes is how much is looked at at a time when the encoding of a
// whole file has to be found out.
const scanChunkBytes = 256 << 10

// mark is a byte order mark and the encoding it stands for.
type mark struct {
	bytes []byte
	label string
}

var marks = []mark{
	{[]byte{0xEF, 0xBB, 0xBF}, "utf-8"},
	{[]byte{0xFF, 0xFE}, "utf-16le"},
	{[]byte{0xFE, 0xFF}, "utf-16be"},
}

// countingReader adds up what has been read of a file. It is the only place
// where the file is read in order, so that the sum is the progress.
type countingReader struct {
	src  io.Reader
	read *atomic.Int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	r.read.Add(int64(n))
	return n, err //nolint:wrapcheck // io.EOF must stay io.EOF
}

// openText returns the file as UTF-8 without its byte order mark, and the
// label of the encoding it is in. Guess is asked for the label when neither
// the mapping nor a mark tells it. In UTF-8 files broken bytes are left as
// they are.
func openText(
	src io.ReaderAt, size int64, label string, read *atomic.Int64, guess func(head []byte) (string, error),
) (io.Reader, string, error) {
	head := make([]byte, min(size, 1024))
	if _, err := src.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, "", fmt.Errorf("reading receipts: %w", err)
	}
	if err := refuseOtherKinds(head); err != nil {
		return nil, "", err
	}
	label = strings.ToLower(strings.TrimSpace(label))
	skip := 0
	for _, m := range marks {
		if !bytes.HasPrefix(head, m.bytes) {
			continue
		}
		utf16 := strings.HasPrefix(m.label, "utf-16") && strings.HasPrefix(label, "utf-16")
		if label != EncodingAuto && label != m.label && label != "utf8" && !utf16 ||
			label == "utf8" && m.label != "utf-8" {
			return nil, "", fileErrorf("the file begins with the mark of %s, but the mapping says %s", m.label, label)
		}
		label, skip = m.label, len(m.bytes)
		break
	}
	if label == EncodingAuto {
		var err error
		if label, err = guess(head); err != nil {
			return nil, "", err
		}
	}
	enc, err := encodingOf(label)
	if err != nil {
		return nil, "", err
	}
	section := io.NewSectionReader(src, int64(skip), size-int64(skip))
	read.Add(int64(skip))
	var text io.Reader = &countingReader{src: section, read: read}
	if enc != unicode.UTF8 {
		text = transform.NewReader(text, enc.NewDecoder())
	}
	return text, label, nil
}

// encodingOf returns the encoding for a label; unicode.UTF8 means that there
// is nothing to do.
func encodingOf(label string) (encoding.Encoding, error) {
	enc, err := htmlindex.Get(label)
	if err != nil || enc == nil || enc == encoding.Replacement {
		return nil, fileErrorf("the encoding %q is not known", shorten(label, maxNameRunes))
	}
	return enc, nil
}

// refuseOtherKinds gives a clear reason for files that are not text at all,
// whatever their name says.
func refuseOtherKinds(head []byte) error {
	switch {
	case bytes.HasPrefix(head, zipMagic):
		return fileErrorf("the file is a workbook or another zip file, not text: name it .xlsx, or set format: xlsx")
	case bytes.HasPrefix(head, oleMagic):
		return fileErrorf("the file is an old or protected workbook, not text: save it as .xlsx or CSV without a password")
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		return fileErrorf("the file is packed with gzip: unpack it first")
	}
	return nil
}

// utf8OrWindows returns "utf-8" if the whole file is valid UTF-8, else
// "windows-1252", in which every file can be read. The whole file is looked
// at: the first foreign letter may stand in its last row.
func utf8OrWindows(ctx context.Context, src io.ReaderAt, size int64) (string, error) {
	buf := make([]byte, scanChunkBytes)
	kept := 0 // bytes of an unfinished character at the start of buf
	for at := int64(0); at < size; {
		if ctx.Err() != nil {
			return "", fmt.Errorf("reading receipts: %w", context.Cause(ctx))
		}
		n, err := src.ReadAt(buf[kept:], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("reading receipts: %w", err)
		}
		if n == 0 {
			break
		}
		at += int64(n)
		chunk := buf[:kept+n]
		whole := len(chunk)
		if at < size {
			whole -= unfinished(chunk)
		}
		if !utf8.Valid(chunk[:whole]) {
			// WHATWG's name for it, and the default of browsers, too.
			name, err := htmlindex.Name(charmap.Windows1252)
			if err != nil {
				return "", fmt.Errorf("reading receipts: %w", err)
			}
			return name, nil
		}
		kept = copy(buf, chunk[whole:])
	}
	return "utf-8", nil
}

// unfinished returns how many bytes at the end of b begin a character that is
// not complete.
func unfinished(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// newlineReader turns the line ends CR LF and CR into LF.
type newlineReader struct {
	src    io.Reader
	afterC bool // the last byte was a CR, which was given as LF
}

func (r *newlineReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	b := p[:n]
	if n == 0 || !r.afterC && bytes.IndexByte(b, '\r') < 0 {
		return n, err //nolint:wrapcheck // io.EOF must stay io.EOF
	}
	out := 0
	for _, c := range b {
		switch {
		case c == '\r':
			p[out] = '\n'
			out++
		case c == '\n' && r.afterC: // the rest of CR LF
		default:
			p[out] = c
			out++
		}
		r.afterC = c == '\r'
	}
	return out, err //nolint:wrapcheck // io.EOF must stay io.EOF
}
