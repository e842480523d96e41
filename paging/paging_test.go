package paging_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/leima/leima/paging"
)

func TestPageSize(t *testing.T) {
	for limit, want := range map[int]int{
		0: paging.DefaultLimit, -1: paging.DefaultLimit, 1: 1, 50: 50,
		paging.MaxLimit: paging.MaxLimit, paging.MaxLimit + 1: paging.MaxLimit, 1 << 40: paging.MaxLimit,
	} {
		if got := (paging.Page{Limit: limit}).Size(); got != want {
			t.Errorf("a page of %d has %d items, want %d", limit, got, want)
		}
	}
}

func TestACursorCarriesItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[^\x00]{0,30}`), 1, 4).Draw(t, "parts")
		cursor := paging.Encode(parts...)
		if strings.ContainsAny(cursor, "+/= &?") {
			t.Errorf("%q must be escaped in an address", cursor)
		}
		if len(cursor) > paging.MaxCursorLen {
			t.Skip("longer than any list needs")
		}
		got, err := paging.Decode(cursor, len(parts))
		if err != nil || !slices.Equal(got, parts) {
			t.Errorf("%q came back as %q, %v", parts, got, err)
		}
		for _, n := range []int{len(parts) - 1, len(parts) + 1} {
			if got, err := paging.Decode(cursor, n); !errors.Is(err, paging.ErrBadCursor) {
				t.Errorf("%q came back as the %d parts %q", parts, n, got)
			}
		}
	})
}

func TestWhatIsNoCursor(t *testing.T) {
	for _, cursor := range []string{
		"!", "a", "YQ==", " YQ", "YQ+/", strings.Repeat("A", paging.MaxCursorLen+1), strings.Repeat("A", 10<<20),
		base64.RawURLEncoding.EncodeToString([]byte("a\xffb")), // no database takes it as text
	} {
		if got, err := paging.Decode(cursor, 1); !errors.Is(err, paging.ErrBadCursor) || got != nil {
			t.Errorf("%.40q is read as %q, %v", cursor, got, err)
		}
	}
}

// A list is shown page by page: every item once, in order, whatever the size.
func TestAListIsReadPageByPage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(0, 60).Draw(t, "items")
		all := make([]int, total)
		for i := range all {
			all[i] = i
		}
		page := paging.Page{Limit: rapid.IntRange(1, 20).Draw(t, "limit")}
		var seen []int
		for range total + 1 {
			from := 0
			if page.Cursor != "" {
				parts, err := paging.Decode(page.Cursor, 1)
				if err != nil {
					t.Fatal(err)
				}
				last, err := strconv.Atoi(parts[0])
				if err != nil {
					t.Fatal(err)
				}
				from = last + 1
			}
			list := paging.Cut(page, all[from:min(from+page.Size()+1, total)], func(i int) []string { return []string{strconv.Itoa(i)} })
			if len(list.Items) > page.Size() {
				t.Fatalf("%d items on a page of %d", len(list.Items), page.Size())
			}
			seen = append(seen, list.Items...)
			if page.Cursor = list.NextCursor; page.Cursor == "" {
				break
			}
		}
		if page.Cursor != "" || !slices.Equal(seen, all) {
			t.Errorf("seen %v of %v, next %q", seen, all, page.Cursor)
		}
	})
}

func TestTheLastPageHasNoCursor(t *testing.T) {
	key := func(s string) []string { return []string{s} }
	for _, c := range []struct {
		items []string
		want  paging.List[string]
	}{
		{nil, paging.List[string]{}},
		{[]string{"a"}, paging.List[string]{Items: []string{"a"}}},
		{[]string{"a", "b"}, paging.List[string]{Items: []string{"a", "b"}}},
		{[]string{"a", "b", "c"}, paging.List[string]{Items: []string{"a", "b"}, NextCursor: paging.Encode("b")}},
	} {
		if diff := cmp.Diff(c.want, paging.Cut(paging.Page{Limit: 2}, c.items, key)); diff != "" {
			t.Errorf("a page of two of %v (-want +got):\n%s", c.items, diff)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", paging.Encode("a"), paging.Encode("a", "b"), "!", "YQ==", "_w"} {
		f.Add(s, 1)
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, cursor string, n int) {
		parts, err := paging.Decode(cursor, n)
		if err != nil {
			if parts != nil || !errors.Is(err, paging.ErrBadCursor) {
				t.Errorf("%q is read as %q beside %v", cursor, parts, err)
			}
			return
		}
		if len(parts) != n || slices.ContainsFunc(parts, func(p string) bool { return !utf8.ValidString(p) || strings.Contains(p, "\x00") }) {
			t.Errorf("%q is read as %q", cursor, parts)
		}
		if again, err := paging.Decode(paging.Encode(parts...), n); err != nil || !slices.Equal(again, parts) {
			t.Errorf("%q is read as %q, and that as %q, %v", cursor, parts, again, err)
		}
	})
}
