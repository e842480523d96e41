package apple

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Media types of what is handed to a phone.
const (
	MediaType       = "application/vnd.apple.pkpass"
	BundleMediaType = "application/vnd.apple.pkpasses"
)

const (
	// MaxPackageBytes bounds one pass. Phones refuse much larger ones.
	MaxPackageBytes = 5 << 20
	// MaxBundle is Apple's: passes in one bundle.
	MaxBundle = 10
)

// ErrBundle is in errors about passes that cannot be handed over together.
var ErrBundle = errors.New("bundle of passes")

// pack signs the files and puts them into one. Signature and manifest come first, as
// whoever reads from a stream needs them first.
func (i *Identity) pack(files []file) ([]byte, error) {
	manifest := manifestOf(files)
	signature, err := i.sign(manifest)
	if err != nil {
		return nil, err
	}
	packed := append([]file{newFile("manifest.json", manifest), newFile("signature", signature)}, files...)
	return archive(packed)
}

// manifestOf returns manifest.json: the digest of every file by its name.
func manifestOf(files []file) []byte {
	sorted := make([]*file, len(files))
	for n := range files {
		sorted[n] = &files[n]
	}
	slices.SortFunc(sorted, func(a, b *file) int { return strings.Compare(a.name, b.name) })
	const line = 100 // bytes, more or less
	b := append(make([]byte, 0, line*len(files)), "{\n"...)
	for n, f := range sorted {
		b = append(b, "  "...)
		b = appendJSON(b, f.name)
		b = append(append(append(b, `: "`...), f.digest...), '"')
		if n < len(sorted)-1 {
			b = append(b, ',')
		}
		b = append(b, '\n')
	}
	return append(b, "}\n"...)
}

// appendJSON appends a name in quotes. Hardly any has something in it that JSON writes
// otherwise.
func appendJSON(b []byte, name string) []byte {
	for _, c := range []byte(name) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(name) // a string always can
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), name...), '"')
}

// archive writes a zip in which nothing is compressed: PNGs gain nothing by it, the rest
// is small. Sizes and checksums are known and stand before each file, so that it can be
// read from a stream, and nothing is worked out again.
func archive(files []file) ([]byte, error) {
	const overhead = 160 // of a file in a zip, with its name twice
	size := 0
	for _, f := range files {
		size += len(f.data) + overhead
	}
	if size > MaxPackageBytes*MaxBundle {
		return nil, fmt.Errorf("archive of %d bytes: want at most %d", size, MaxPackageBytes*MaxBundle)
	}
	b := bytes.NewBuffer(make([]byte, 0, size))
	w := zip.NewWriter(b)
	for _, f := range files {
		to, err := w.CreateRaw(&zip.FileHeader{
			Name: f.name, Method: zip.Store, CRC32: f.crc,
			CompressedSize64: uint64(len(f.data)), UncompressedSize64: uint64(len(f.data)),
		})
		if err != nil {
			return nil, fmt.Errorf("archive %s: %w", f.name, err)
		}
		if _, err := to.Write(f.data); err != nil {
			return nil, fmt.Errorf("archive %s: %w", f.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return b.Bytes(), nil
}

// Bundle puts several passes of one customer into a file (BundleMediaType) that is added
// with one tap. Errors are in ErrBundle.
func Bundle(passes []*Pass) ([]byte, error) {
	if len(passes) == 0 || len(passes) > MaxBundle {
		return nil, fmt.Errorf("%w: %d passes: want 1 to %d", ErrBundle, len(passes), MaxBundle)
	}
	seen := map[string]bool{}
	files := make([]file, 0, len(passes))
	for n, p := range passes {
		if seen[p.Serial] {
			return nil, fmt.Errorf("%w: serial %s is in it twice", ErrBundle, p.Serial)
		}
		seen[p.Serial] = true
		files = append(files, newFile(fmt.Sprintf("pass-%d.pkpass", n+1), p.Package))
	}
	packed, err := archive(files)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return packed, nil
}
