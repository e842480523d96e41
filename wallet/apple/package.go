package apple

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
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
// read from a stream, and nothing is worked out again. archive/zip would write the same
// through two buffers more.
func archive(files []file) ([]byte, error) {
	size := zipEnd
	for _, f := range files {
		size += zipLocal + zipCentral + 2*len(f.name) + len(f.data)
	}
	if size > MaxPackageBytes*MaxBundle || len(files) > math.MaxUint16 {
		return nil, fmt.Errorf("archive of %d files, %d bytes: want at most %d", len(files), size, MaxPackageBytes*MaxBundle)
	}
	b := make([]byte, 0, size)
	offsets := make([]int, len(files))
	for n, f := range files {
		offsets[n] = len(b)
		b = append(append(append(b, "PK\x03\x04"...), f.zipHeader()...), f.name...)
		b = append(b, f.data...)
	}
	directory := len(b)
	for n, f := range files {
		b = append(append(b, "PK\x01\x02"...), zipVersion, 0)
		b = append(b, f.zipHeader()...)
		b = append(b, make([]byte, 10)...)                                             // no comment, first disk, no attributes
		b = append(binary.LittleEndian.AppendUint32(b, uint32(offsets[n])), f.name...) //nolint:gosec // bounded above
	}
	length := len(b) - directory
	b = append(b, "PK\x05\x06\x00\x00\x00\x00"...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(files))) //nolint:gosec // bounded above
	b = binary.LittleEndian.AppendUint16(b, uint16(len(files))) //nolint:gosec // bounded above
	b = binary.LittleEndian.AppendUint32(b, uint32(length))     //nolint:gosec // bounded above
	b = binary.LittleEndian.AppendUint32(b, uint32(directory))  //nolint:gosec // bounded above
	return append(b, 0, 0), nil
}

// Of a zip (PKWARE's APPNOTE.TXT, 4.3): what stands before a file, for it in the directory,
// and at the end, in bytes beside names, and the version that files without compression need.
const (
	zipLocal, zipCentral, zipEnd = 30, 46, 22
	zipVersion                   = 20
	zipUTF8                      = 1 << 11  // names are UTF-8
	zipNewYear                   = 1<<5 | 1 // 1 January 1980: the first day that a zip knows
)

// zipHeader returns what stands in both headers of a file: version, flags, method, date,
// checksum, sizes and the lengths of its name and of nothing.
func (f file) zipHeader() []byte {
	le := binary.LittleEndian
	b := le.AppendUint16(make([]byte, 0, zipLocal), zipVersion)
	b = le.AppendUint16(b, zipUTF8)
	b = le.AppendUint16(le.AppendUint16(b, 0), 0) // stored; midnight
	b = le.AppendUint32(le.AppendUint16(b, zipNewYear), f.crc)
	b = le.AppendUint32(b, uint32(len(f.data))) //nolint:gosec // bounded by archive
	b = le.AppendUint32(b, uint32(len(f.data))) //nolint:gosec // bounded by archive
	b = le.AppendUint16(b, uint16(len(f.name))) //nolint:gosec // names are short
	return le.AppendUint16(b, 0)
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
