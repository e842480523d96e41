package access

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"

	"github.com/leima/leima/organization"
)

// TokenKind is the first part of a token: it lets people, and scanners for leaked
// secrets, see what they have before them.
type TokenKind string

// The kinds of tokens.
const (
	TokenAPIKey  TokenKind = "lk"
	TokenTill    TokenKind = "lt"
	TokenSession TokenKind = "ls"
	// TokenSignIn and TokenConfirmation are used once and live for minutes.
	TokenSignIn       TokenKind = "li"
	TokenConfirmation TokenKind = "lc"
)

// MaxTokenLen bounds what is looked at as a token, in bytes.
const MaxTokenLen = 128

// ErrMalformedToken is answered for what cannot be a token.
var ErrMalformedToken = errors.New("malformed token")

// NewToken returns a secret of the kind for the organization with the slug:
// kind_slug_secret, where the secret has at least 128 random bits. Keep Hash of it,
// and show the token itself once.
func NewToken(kind TokenKind, slug string) string {
	return string(kind) + "_" + slug + "_" + rand.Text()
}

// TokenSlug returns the slug of the organization that the token says to be of. It
// proves nothing: the hash must be found among that organization's.
func TokenSlug(kind TokenKind, token string) (string, error) {
	if len(token) > MaxTokenLen {
		return "", ErrMalformedToken
	}
	rest, ok := strings.CutPrefix(token, string(kind)+"_")
	slug, secret, ok2 := strings.Cut(rest, "_")
	if !ok || !ok2 || !organization.ValidSlug(slug) || secret == "" {
		return "", ErrMalformedToken
	}
	return slug, nil
}

// KindOf returns the kind that the token says to be of, or ErrMalformedToken.
func KindOf(token string) (TokenKind, error) {
	prefix, _, ok := strings.Cut(token, "_")
	switch k := TokenKind(prefix); k {
	case TokenAPIKey, TokenTill, TokenSession, TokenSignIn, TokenConfirmation:
		if ok && len(token) <= MaxTokenLen {
			return k, nil
		}
	}
	return "", ErrMalformedToken
}

// Hash is what is kept of a token. Tokens are random, so a plain digest is enough:
// there is nothing to guess from a dictionary.
func Hash(token string) [sha256.Size]byte {
	if len(token) > MaxTokenLen {
		return sha256.Sum256([]byte(token))
	}
	var b [MaxTokenLen]byte // every request comes here: the stack costs nothing
	return sha256.Sum256(b[:copy(b[:], token)])
}

// pairingAlphabet leaves out what is mistaken when read aloud or typed.
const pairingAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// pairingLen is the number of random characters: about 39 bits, enough for a code
// that lives ten minutes and whose guesses are limited.
const pairingLen = 8

// NewPairingCode returns a code to type into a new till: the slug, a hyphen and two
// groups of four characters.
func NewPairingCode(slug string) string {
	b := make([]byte, pairingLen)
	// 240 is the largest multiple of the alphabet's 30 characters in a byte; what is
	// above would make some characters likelier than others.
	for i := 0; i < pairingLen; {
		var r [1]byte
		_, _ = rand.Read(r[:]) // documented never to fail
		if r[0] < 240 {
			b[i] = pairingAlphabet[int(r[0])%len(pairingAlphabet)]
			i++
		}
	}
	return slug + "-" + string(b[:4]) + "-" + string(b[4:])
}

// ParsePairingCode returns the slug of a typed code and the code in the form that
// NewPairingCode makes, or ErrMalformedToken. It forgives case, white space and
// missing hyphens in the random part.
func ParsePairingCode(typed string) (slug, code string, err error) {
	if len(typed) > MaxTokenLen {
		return "", "", ErrMalformedToken
	}
	s := strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	tail := make([]byte, 0, pairingLen)
	i := len(s)
	for i > 0 && len(tail) < pairingLen {
		i--
		switch c := s[i]; {
		case c == '-':
		case strings.IndexByte(pairingAlphabet, c) < 0:
			return "", "", ErrMalformedToken
		default:
			tail = append(tail, c)
		}
	}
	slug = strings.ToLower(strings.Trim(s[:i], "-"))
	if len(tail) < pairingLen || !organization.ValidSlug(slug) {
		return "", "", ErrMalformedToken
	}
	for l, r := 0, len(tail)-1; l < r; l, r = l+1, r-1 {
		tail[l], tail[r] = tail[r], tail[l]
	}
	return slug, slug + "-" + string(tail[:4]) + "-" + string(tail[4:]), nil
}
