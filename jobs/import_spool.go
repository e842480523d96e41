package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/receipt"
)

// Uploads hold personal data of customers: only the server may read them.
const (
	spoolFolderMode = 0o700
	spoolFileMode   = 0o600
)

// spoolNote is the end of the name of the file that makes an upload complete: it is
// written last, so an upload without one was cut off.
const spoolNote = ".json"

// spool keeps uploads in a folder until they are imported: <import><ending> is the
// file and <import>.json tells what it is.
type spool struct{ folder string }

// keptUpload is the content of a note.
type keptUpload struct {
	OrgID    string `json:"org_id"`
	ImportID string `json:"import_id"`
	File     string `json:"file"`
	Mapping  string `json:"mapping"`
}

// endings are those by which package receipt knows a format; any other file needs a
// format in its mapping.
var endings = []string{".csv", ".tsv", ".txt", ".xml", ".xlsx", ".xlsm"}

// keep writes the upload and returns where it is and how long.
func (s spool) keep(run customer.Import, mapping []byte, file io.Reader) (path string, size int64, err error) {
	if err := os.MkdirAll(s.folder, spoolFolderMode); err != nil {
		return "", 0, fmt.Errorf("make the folder for uploads: %w", err)
	}
	ending := strings.ToLower(filepath.Ext(run.FileName))
	if !slices.Contains(endings, ending) {
		ending = ".data"
	}
	path = filepath.Join(s.folder, run.ID+ending)
	if size, err = writeSynced(path, io.LimitReader(file, MaxUploadBytes+1)); err != nil {
		return "", 0, fmt.Errorf("keep the upload: %w", err)
	}
	if size > MaxUploadBytes {
		return "", 0, &organization.InvalidFieldError{
			Field: "file", Code: "file_too_large", Params: map[string]string{"max": strconv.Itoa(MaxUploadBytes >> 20)},
			Reason: fmt.Sprintf("must have at most %d MB", MaxUploadBytes>>20),
		}
	}
	note, err := json.Marshal(keptUpload{OrgID: run.OrgID, ImportID: run.ID, File: run.ID + ending, Mapping: string(mapping)})
	if err != nil {
		return "", 0, fmt.Errorf("keep the upload: %w", err)
	}
	if _, err := writeSynced(filepath.Join(s.folder, run.ID+spoolNote), strings.NewReader(string(note))); err != nil {
		return "", 0, fmt.Errorf("keep the upload: %w", err)
	}
	return path, size, nil
}

// writeSynced returns after the file is on the disk: the import was promised.
func writeSynced(path string, from io.Reader) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, spoolFileMode)
	if err != nil {
		return 0, fmt.Errorf("create: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if size, err = io.Copy(f, from); err != nil {
		return size, fmt.Errorf("write: %w", err)
	}
	if err := f.Sync(); err != nil {
		return size, fmt.Errorf("sync: %w", err)
	}
	return size, nil
}

// list returns up to limit complete uploads, the oldest first: ids of imports sort by
// time.
func (s spool) list(limit int) ([]keptUpload, error) {
	names, err := filepath.Glob(filepath.Join(s.folder, "*"+spoolNote))
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	slices.Sort(names)
	var kept []keptUpload
	for _, name := range names[:min(len(names), limit)] {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the note of an upload: %w", err)
		}
		var k keptUpload
		if json.Unmarshal(b, &k) != nil || k.ImportID+spoolNote != filepath.Base(name) || filepath.Base(k.File) != k.File {
			continue // cut off while it was written: the import was not promised
		}
		kept = append(kept, k)
	}
	return kept, nil
}

// open returns what is needed to import an upload.
func (s spool) open(k keptUpload) (*receipt.Mapping, string, error) {
	m, err := receipt.ParseMapping([]byte(k.Mapping))
	if err != nil {
		return nil, "", fmt.Errorf("read the mapping of an upload: %w", err)
	}
	return m, filepath.Join(s.folder, k.File), nil
}

// remove deletes an upload, the note first.
func (s spool) remove(importID string) error {
	names, err := filepath.Glob(filepath.Join(s.folder, importID+".*"))
	if err != nil {
		return fmt.Errorf("find the upload: %w", err)
	}
	slices.SortFunc(names, func(a, b string) int {
		return strings.Compare(strings.TrimSuffix(a, spoolNote), strings.TrimSuffix(b, spoolNote))
	})
	var problems []error
	for _, name := range names {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, fmt.Errorf("remove the upload: %w", err))
		}
	}
	return errors.Join(problems...)
}
