package api

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// instant is a core instant, UTC milliseconds, as the API shows it.
func instant(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// optionalInstant is nil for 0, which is "never" in the core.
func optionalInstant(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := instant(ms)
	return &t
}

// optional is nil for the zero value, which is "none" in the core.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	there := v // of its own, so that nothing costs nothing
	return &there
}

// given returns what p points at, the zero value if it is not there.
func given[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// set changes what to points at if a change has the member.
func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// each shows every item. The answer is a list also when it is empty.
func each[A, B any](items []A, view func(A) B) []B {
	views := make([]B, len(items))
	for i, item := range items {
		views[i] = view(item)
	}
	return views
}

// day is yyyy-mm-dd.
func day(d loyalty.Day) string {
	text := [...]byte{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0'}
	for _, at := range [...]int{9, 8, 6, 5, 3, 2, 1, 0} {
		text[at] += byte(d % 10) //nolint:gosec // a digit
		d /= 10
	}
	return string(text[:])
}

// page is the page that a list is asked for; the contract has checked the bounds.
func page(limit *int, cursor *string) paging.Page {
	return paging.Page{Limit: given(limit), Cursor: given(cursor)}
}

// cut returns the page of a list that is short enough to be read at once. Its cursor
// is the place of the next item.
func cut[T any](items []T, p paging.Page) (paging.List[T], error) {
	from := 0
	if p.Cursor != "" {
		parts, err := paging.Decode(p.Cursor, 1)
		if err != nil {
			return paging.List[T]{}, fmt.Errorf("read cursor: %w", err)
		}
		if from, err = strconv.Atoi(parts[0]); err != nil || from < 0 {
			return paging.List[T]{}, paging.ErrBadCursor
		}
	}
	items = items[min(from, len(items)):]
	if len(items) <= p.Size() {
		return paging.List[T]{Items: items}, nil
	}
	return paging.List[T]{Items: items[:p.Size()], NextCursor: paging.Encode(strconv.Itoa(from + p.Size()))}, nil
}

// etag is a version as ETag and If-Match carry it.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// versionOf reads an If-Match of the form that the contract asks for.
func versionOf(ifMatch string) int64 {
	v, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(ifMatch, "W/"), `"`), 10, 64)
	if err != nil {
		return -1 // no version, so nothing matches
	}
	return v
}
