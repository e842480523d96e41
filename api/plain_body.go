package api

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Limits of bodies that are decided here. Others are left to the library.
const (
	maxPlainBody    = 4 << 10
	maxPlainMembers = 16
	// maxPlainDigits keeps whole numbers within what every decoder reads exactly.
	maxPlainDigits = 9
)

// plainBody is the schema of a body that is one object of texts, whole numbers,
// instants and booleans. It accepts fast and never refuses: a body that it does not
// accept goes to the library, which decides and knows the reason. So it may be
// ignorant (of escapes, of anything but ASCII, of objects in objects), but whatever it
// accepts the library must accept, too; FuzzPlainBodies holds it to that.
type plainBody struct {
	members  []plainMember
	required uint32 // a bit for each member
	least    int    // members that there must be
}

// plainMember is one member of a plainBody. Without a kind its value is not decided
// here.
type plainMember struct {
	name     string
	kind     plainKind
	text     plainText
	min, max float64 // of a whole number
}

type plainKind uint8

const (
	plainUnknown plainKind = iota
	plainString
	plainInteger
	plainBoolean
	plainInstant
)

// plainText is what a text must be like.
type plainText struct {
	min, max int // characters
	pattern  plainPattern
	enum     []string // nil for any
}

func (t *plainText) accepts(s string) bool {
	return len(s) >= t.min && len(s) <= t.max && t.pattern.matches(s) && (t.enum == nil || slices.Contains(t.enum, s))
}

// plainMembers are the values of a body: where in it each member's stands.
type plainMembers struct {
	body  string
	there uint32 // a bit for each member
	spans [maxPlainMembers]struct{ from, to uint16 }
}

// text returns the member's value, "" if it is not there. The value of an instant or
// number is its text.
func (m *plainMembers) text(member int) string {
	return m.body[m.spans[member].from:m.spans[member].to]
}

// pointer is text, nil if it is not there.
func (m *plainMembers) pointer(member int) *string {
	if m.there&(1<<member) == 0 {
		return nil
	}
	s := m.text(member)
	return &s
}

// integer returns the member's value, 0 if it is not there.
func (m *plainMembers) integer(member int) int {
	n, _ := strconv.Atoi(m.text(member)) // it was read as one
	return n
}

// instant returns the member's value, nil if it is not there.
func (m *plainMembers) instant(member int) *time.Time {
	if m.there&(1<<member) == 0 {
		return nil
	}
	t, _ := parseInstant(m.text(member)) // it was read as one
	return &t
}

// compilePlainBody returns false for a schema of another kind.
func compilePlainBody(s *openapi3.Schema) (*plainBody, bool) {
	rest := *s
	closed := s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has && s.AdditionalProperties.Schema == nil
	rest.Type, rest.Properties, rest.Required, rest.MinProps, rest.AdditionalProperties = nil, nil, nil, 0, openapi3.AdditionalProperties{}
	if !s.Type.Is("object") || !closed || !onlyWords(rest) || len(s.Properties) > maxPlainMembers || s.MinProps > maxPlainMembers {
		return nil, false
	}
	f := &plainBody{least: int(s.MinProps)}
	for name, p := range s.Properties {
		f.members = append(f.members, compilePlainMember(name, p.Value))
	}
	slices.SortFunc(f.members, func(a, b plainMember) int { return strings.Compare(a.name, b.name) })
	for _, name := range s.Required {
		member := f.index(name)
		if member < 0 {
			return nil, false
		}
		f.required |= 1 << member
	}
	return f, true
}

// onlyWords reports whether nothing is left of a schema but what people read. What a
// later contract says in other ways is thereby nothing that is decided here.
func onlyWords(rest openapi3.Schema) bool {
	rest.Title, rest.Description, rest.Example, rest.Default, rest.Extensions, rest.Origin = "", "", nil, nil, nil, nil
	// null is not decided here, whether it is allowed or not.
	rest.Nullable = false
	return reflect.ValueOf(rest).IsZero()
}

func compilePlainMember(name string, s *openapi3.Schema) plainMember {
	m := plainMember{name: name}
	rest := *s
	rest.Type = nil
	switch {
	case s.Type.Is("boolean"):
		if onlyWords(rest) {
			m.kind = plainBoolean
		}
	case s.Type.Is("integer") && s.Min != nil && s.Max != nil:
		rest.Min, rest.Max = nil, nil
		if m.min, m.max = *s.Min, *s.Max; onlyWords(rest) {
			m.kind = plainInteger
		}
	case s.Type.Is("string") && s.Format == "date-time":
		rest.Format = ""
		if onlyWords(rest) {
			m.kind = plainInstant
		}
	case s.Type.Is("string"):
		if text, ok := compilePlainText(s); ok {
			m.kind, m.text = plainString, text
		}
	}
	return m
}

// compilePlainText returns false for a schema that asks for more than length, form
// and a choice of values.
func compilePlainText(s *openapi3.Schema) (plainText, bool) {
	rest := *s
	rest.Type, rest.MinLength, rest.MaxLength, rest.Pattern, rest.Enum = nil, 0, nil, "", nil
	if !s.Type.Is("string") || !onlyWords(rest) || s.MinLength > maxPlainBody {
		return plainText{}, false
	}
	t := plainText{min: int(s.MinLength), max: maxPlainBody}
	if s.MaxLength != nil {
		t.max = int(min(*s.MaxLength, maxPlainBody))
	}
	if s.Pattern != "" {
		var ok bool
		if t.pattern, ok = compilePlainPattern(s.Pattern); !ok {
			return plainText{}, false
		}
	}
	for _, x := range s.Enum {
		value, ok := x.(string)
		if !ok {
			return plainText{}, false
		}
		t.enum = append(t.enum, value)
	}
	return t, true
}

func (f *plainBody) index(name string) int {
	for i := range f.members {
		if f.members[i].name == name {
			return i
		}
	}
	return -1
}

// read goes over the body once. It returns true if the body is of the schema, and
// then into holds its members; false says nothing.
func (f *plainBody) read(body string, into *plainMembers) bool {
	if len(body) > maxPlainBody {
		return false
	}
	*into = plainMembers{body: body}
	at, count := skipSpace(body, 0), 0
	if !has(body, at, '{') {
		return false
	}
	if at = skipSpace(body, at+1); has(body, at, '}') {
		at++
	} else {
		for more := true; more; count++ {
			if at = f.readMember(body, at, into); at < 0 {
				return false
			}
			if at = skipSpace(body, at); at == len(body) || body[at] != ',' && body[at] != '}' {
				return false
			}
			if more = body[at] == ','; more {
				at = skipSpace(body, at+1)
			} else {
				at++
			}
		}
	}
	return skipSpace(body, at) == len(body) && into.there&f.required == f.required && count >= f.least
}

// readMember reads a name and a value and returns where they end, -1 if they are not
// decided here.
func (f *plainBody) readMember(body string, at int, into *plainMembers) int {
	end := textEnd(body, at)
	if end < 0 {
		return -1
	}
	i := f.index(body[at+1 : end])
	if at = skipSpace(body, end+1); i < 0 || into.there&(1<<i) != 0 || !has(body, at, ':') {
		return -1
	}
	at = skipSpace(body, at+1)
	from, to := f.members[i].value(body, at)
	if to < 0 {
		return -1
	}
	into.there |= 1 << i
	into.spans[i].from, into.spans[i].to = uint16(from), uint16(to) //nolint:gosec // a body has maxPlainBody at most
	if from > at {
		to++ // the quotation mark
	}
	return to
}

// value returns where the value that begins at the place stands, without quotation
// marks; to is -1 if it is not decided here.
func (m *plainMember) value(body string, at int) (from, to int) {
	switch m.kind {
	case plainString, plainInstant:
		to = textEnd(body, at)
		if to < 0 || !m.acceptsText(body[at+1:to]) {
			return 0, -1
		}
		return at + 1, to
	case plainInteger:
		if to = m.integerEnd(body, at); to < 0 {
			return 0, -1
		}
		return at, to
	case plainBoolean:
		for _, word := range [2]string{"true", "false"} {
			if len(body) >= at+len(word) && body[at:at+len(word)] == word {
				return at, at + len(word)
			}
		}
	case plainUnknown:
	}
	return 0, -1
}

func (m *plainMember) acceptsText(s string) bool {
	if m.kind == plainString {
		return m.text.accepts(s)
	}
	_, ok := parseInstant(s)
	return ok
}

// integerEnd returns where the whole number ends, -1 if it is not decided here.
func (m *plainMember) integerEnd(body string, at int) int {
	negative := has(body, at, '-')
	from := at
	if negative {
		from++
	}
	n, to := 0, from
	for ; to < len(body) && to-from <= maxPlainDigits && body[to] >= '0' && body[to] <= '9'; to++ {
		n = n*10 + int(body[to]-'0')
	}
	// A zero in front of others is no JSON, and -0 is a number to some.
	if to == from || to-from > maxPlainDigits || body[from] == '0' && (to-from > 1 || negative) {
		return -1
	}
	if negative {
		n = -n
	}
	if float64(n) < m.min || float64(n) > m.max {
		return -1
	}
	return to
}

// textEnd returns where the quotation mark stands that ends the text which begins at
// the place, -1 for a text with anything but the printable characters of ASCII.
func textEnd(body string, at int) int {
	if !has(body, at, '"') {
		return -1
	}
	for i := at + 1; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			return i
		case c < ' ' || c > '~' || c == '\\':
			return -1
		}
	}
	return -1
}

func has(body string, at int, c byte) bool { return at < len(body) && body[at] == c }

func skipSpace(body string, at int) int {
	for at < len(body) && (body[at] == ' ' || body[at] == '\n' || body[at] == '\t' || body[at] == '\r') {
		at++
	}
	return at
}
