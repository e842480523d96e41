package apple

import (
	"encoding/binary"
	"unicode/utf16"
)

// appendUTF16 appends the text in UTF-16, little end first, after a byte order mark.
func appendUTF16(out []byte, s string) []byte {
	const byteOrderMark, most = 0xfeff, 2 // a code point is at most two units
	units := make([]uint16, 0, len(s)+1)
	units = append(units, byteOrderMark)
	for _, r := range s {
		units = utf16.AppendRune(units, r)
	}
	if cap(out)-len(out) < most*len(units) {
		out = append(make([]byte, 0, len(out)+most*len(units)), out...)
	}
	for _, u := range units {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}
