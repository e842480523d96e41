package paging

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf8"
)

// Limits of a page, in items, and of a cursor, in bytes.
const (
	DefaultLimit = 50
	MaxLimit     = 200
	MaxCursorLen = 512
)

// ErrBadCursor is answered for a cursor that Leima did not make.
var ErrBadCursor = errors.New("the cursor was not made by this list")

// Page asks for a part of a list.
type Page struct {
	// Limit is the number of items wanted; see Size.
	Limit int
	// Cursor is the List.NextCursor of the page before, "" for the first page.
	Cursor string
}

// Size returns Limit brought between 1 and MaxLimit, DefaultLimit for 0.
func (p Page) Size() int {
	if p.Limit <= 0 {
		return DefaultLimit
	}
	return min(p.Limit, MaxLimit)
}

// List is one page of a list. NextCursor is "" on the last page.
type List[T any] struct {
	Items      []T
	NextCursor string
}

// Cut turns up to Size()+1 items, as a query with LIMIT Size()+1 returns them, into
// a page; key gives the sort key of the last item shown, which the cursor carries.
func Cut[T any](p Page, items []T, key func(T) []string) List[T] {
	if len(items) <= p.Size() {
		return List[T]{Items: items}
	}
	items = items[:p.Size()]
	return List[T]{Items: items, NextCursor: Encode(key(items[len(items)-1])...)}
}

// Encode returns the cursor that carries the parts, none of which may hold a NUL.
func Encode(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\x00")))
}

// Decode returns the n parts that a cursor carries, or ErrBadCursor.
func Decode(cursor string, n int) ([]string, error) {
	if len(cursor) > MaxCursorLen {
		return nil, ErrBadCursor
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || !utf8.Valid(b) { // PostgreSQL takes no other text
		return nil, ErrBadCursor
	}
	parts := strings.Split(string(b), "\x00")
	if len(parts) != n {
		return nil, ErrBadCursor
	}
	return parts, nil
}
