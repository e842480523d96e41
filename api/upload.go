package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/typeid"
)

// Limits of an upload, in bytes.
const (
	MaxImportFile  = 64 << 20
	MaxMapping     = 64 << 10
	maxSmallPart   = 64
	maxFileNameLen = 200
	maxUploadParts = 4
	spoolName      = "leima-upload-*"
)

// upload is the multipart body of an import. Its parts may come in any order, so the
// file waits on disk until the others are known: what was meant as a dry run must
// not begin as a real one.
type upload struct {
	programID, fileName string
	mapping             []byte
	dryRun              bool
	file                *os.File
	seen                map[string]bool
}

// readUpload reads all parts. The upload must be closed also after an error.
func readUpload(body *multipart.Reader) (*upload, error) {
	u := &upload{seen: map[string]bool{}}
	for range maxUploadParts + 1 {
		part, err := body.NextPart()
		if errors.Is(err, io.EOF) {
			return u, u.check()
		}
		if err != nil {
			return u, brokenUpload(err)
		}
		if err := u.take(part); err != nil {
			return u, err
		}
	}
	return u, invalid("", "the body has more parts than this operation takes")
}

// delimited is a multipart body that must end as one does. The reader of
// mime/multipart takes one that is cut off between two parts for complete, and what
// was cut off may have been the dry_run.
type delimited struct {
	io.ReadCloser
	// end is the delimiter that closes the body, tail the last bytes that were read.
	end, tail []byte
}

// maxEpilogue bounds what may stand behind the end of a multipart body, in bytes.
const maxEpilogue = 256

func delimit(body io.ReadCloser, boundary string) io.ReadCloser {
	return &delimited{ReadCloser: body, end: []byte("--" + boundary + "--")}
}

// Read implements io.Reader.
func (d *delimited) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	most := len(d.end) + maxEpilogue
	d.tail = append(d.tail, p[max(0, n-most):n]...)
	d.tail = d.tail[max(0, len(d.tail)-most):]
	if errors.Is(err, io.EOF) && !bytes.Contains(d.tail, d.end) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// brokenUpload tells a body that is too large from one that is not well formed.
func brokenUpload(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return tooLarge(tooBig.Limit)
	}
	return invalid("", "the body is not well-formed multipart/form-data")
}

func (u *upload) take(part *multipart.Part) error {
	name := part.FormName()
	if u.seen[name] {
		return invalid(joinPath("", strings.ToValidUTF8(name, "?")), "is there twice")
	}
	u.seen[name] = true
	switch name {
	case "file":
		return u.spool(part)
	case "mapping":
		text, err := readPart(part, name, MaxMapping)
		u.mapping = text
		return err
	case "program_id":
		text, err := readPart(part, name, maxSmallPart)
		u.programID = string(text)
		return err
	case "dry_run":
		text, err := readPart(part, name, maxSmallPart)
		u.dryRun = string(text) == "true"
		if err == nil && !u.dryRun && string(text) != "false" {
			err = invalid(name, "must be true or false")
		}
		return err
	}
	return invalid(joinPath("", strings.ToValidUTF8(name, "?")), "is not a part that this operation takes")
}

func readPart(part io.Reader, name string, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(part, limit+1))
	switch {
	case err != nil:
		return nil, brokenUpload(err)
	case int64(len(text)) > limit:
		return nil, invalid(name, "must have at most %d bytes", limit)
	case !utf8.Valid(text):
		return nil, invalid(name, "must be UTF-8")
	}
	return text, nil
}

// spool writes the file to a temporary one that only this user can read.
func (u *upload) spool(part *multipart.Part) error {
	// Some browsers send a whole path; only its end is a name.
	u.fileName = path.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
	if u.fileName == "." || u.fileName == ".." || u.fileName == "/" {
		return because(contract.ProblemReasonFileName, nil, "file", "must have a file name, which tells whether it is CSV, XML or xlsx")
	}
	if err := organization.CheckLine("file", u.fileName, maxFileNameLen, true); err != nil {
		return err
	}
	f, err := os.CreateTemp("", spoolName)
	if err != nil {
		return fmt.Errorf("spool upload: %w", err)
	}
	u.file = f
	n, err := io.Copy(f, io.LimitReader(part, MaxImportFile+1))
	switch {
	case err != nil && isWriteError(err):
		return fmt.Errorf("spool upload: %w", err)
	case err != nil:
		return brokenUpload(err)
	case n > MaxImportFile:
		return tooLarge(MaxImportFile)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("rewind upload: %w", err)
	}
	return nil
}

// isWriteError tells our disk's errors from those of the body.
func isWriteError(err error) bool {
	var p *os.PathError
	return errors.As(err, &p)
}

func (u *upload) check() error {
	for _, name := range []string{"file", "mapping", "program_id"} {
		if !u.seen[name] {
			return because(contract.ProblemReasonRequired, nil, name, "is required")
		}
	}
	if err := typeid.Check("prog", u.programID); err != nil {
		return invalid("program_id", "must look like prog_01k3sa0z2efcrstmhzda61w2tt")
	}
	return nil
}

func (u *upload) close() {
	if u.file != nil {
		_ = u.file.Close()
		_ = os.Remove(u.file.Name()) // a temporary file; the system removes what we cannot
	}
}
