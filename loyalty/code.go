package loyalty

import (
	"errors"
	"strings"
)

// Card codes are what a till scans. They are 16 characters of base32 (80 random
// bits) and one check character, all upper-case letters and digits, so that a
// keyboard-wedge scanner types them the same on most layouts. The letters I, L, O
// and U are not used: they are mistaken for 1, 0 and V, or make words.
const (
	// CodeRandomBytes is the randomness of one code.
	CodeRandomBytes = 10
	// CodeLen is the length of a code with its check character.
	CodeLen = 17
	// maxTypedCodeLen leaves room for a space or hyphen or two after every character of
	// a card code.
	maxTypedCodeLen = 3 * CodeLen
	codeAlphabet    = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// ErrCodeMalformed is what ParseCode answers for anything that is not a card code.
var ErrCodeMalformed = errors.New("not a card code")

// NewCode returns the code that holds the random bytes.
func NewCode(random [CodeRandomBytes]byte) string {
	var b [CodeLen]byte
	var acc uint32
	bits, at := 0, 0
	for _, octet := range random {
		acc = acc<<8 | uint32(octet)
		for bits += 8; bits >= 5; at++ {
			bits -= 5
			b[at] = codeAlphabet[acc>>bits&31]
		}
	}
	b[CodeLen-1] = checkCharacter(b[:CodeLen-1])
	return string(b[:])
}

// ParseCode returns the code in the form that NewCode makes, or ErrCodeMalformed.
// It forgives lower case, spaces, hyphens, and O, I or L typed for 0 and 1 in the
// code proper. The check character is that of ISO/IEC 7064 MOD 37,36, which finds
// every single wrong character and, of 630 swaps of neighbours, all but one.
func ParseCode(s string) (string, error) {
	if len(s) > maxTypedCodeLen {
		return "", ErrCodeMalformed
	}
	var b [CodeLen]byte
	if !readCharacters(b[:], s) {
		return "", ErrCodeMalformed
	}
	return string(b[:]), nil
}

// readCharacters fills to with the characters of s in the form of NewCode. It is false
// if there are more or fewer, others than those of a code, or if the last one does not
// check the rest.
func readCharacters(to []byte, s string) bool {
	n, last := 0, len(to)-1
	for i := range len(s) {
		c := s[i]
		switch {
		case c == ' ' || c == '-':
			continue
		case n > last:
			return false
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		if n < last {
			c = unmistake(c)
			if strings.IndexByte(codeAlphabet, c) < 0 {
				return false
			}
		}
		to[n] = c
		n++
	}
	return n > last && to[last] == checkCharacter(to[:last])
}

func unmistake(c byte) byte {
	switch c {
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	return c
}

// checkCharacter is the hybrid system MOD 37,36 of ISO/IEC 7064.
func checkCharacter(s []byte) byte {
	const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	p := 36
	for _, c := range s {
		p += strings.IndexByte(alphanumeric, c)
		if p > 36 {
			p -= 36
		}
		p = p * 2 % 37
	}
	return alphanumeric[(37-p)%36]
}
