package apple

import (
	"encoding/binary"
	"unicode/utf16"
)

// byteOrderMark begins a file in UTF-16.
const byteOrderMark = "\ufeff"

// appendUTF16 appends the text in UTF-16, little end first.
func appendUTF16(out []byte, s string) []byte {
	const most = 2 // bytes of UTF-16 for one of UTF-8
	if cap(out)-len(out) < most*len(s) {
		out = append(make([]byte, 0, len(out)+most*len(s)), out...)
	}
	for _, r := range s {
		if r1, r2 := utf16.EncodeRune(r); r1 != 0xfffd {
			out = binary.LittleEndian.AppendUint16(out, uint16(r1)) //nolint:gosec // a surrogate
			out = binary.LittleEndian.AppendUint16(out, uint16(r2)) //nolint:gosec // a surrogate
			continue
		}
		out = binary.LittleEndian.AppendUint16(out, uint16(r)) //nolint:gosec // in the basic plane
	}
	return out
}
