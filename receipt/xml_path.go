package receipt

import (
	"errors"
	"fmt"
	"strings"
)

// xmlPath is where records stand: an absolute path, or the end of one.
type xmlPath struct {
	absolute bool
	names    []string // local names, without prefixes
}

// xmlColumnPath is where a value stands, seen from its record: Up steps to an
// element around it, down through elements, and an attribute there unless the
// element's text is meant.
type xmlColumnPath struct {
	up        int
	elements  []string
	attribute string
}

// parseXMLPath reads a path such as "/receipts/receipt" or "receipt/line".
func parseXMLPath(s string) (xmlPath, error) {
	p := xmlPath{absolute: strings.HasPrefix(s, "/")}
	p.names = strings.Split(strings.TrimPrefix(s, "/"), "/")
	if len(p.names) > MaxXMLDepth {
		return p, fmt.Errorf("has more than %d steps", MaxXMLDepth)
	}
	for _, name := range p.names {
		if !isXMLName(name) {
			return p, fmt.Errorf(`%q is not a path of elements such as "/receipts/receipt/line"`, s)
		}
	}
	return p, nil
}

// parseXMLColumn reads a path relative to the record: "total", "customer/@ref",
// "@id", "." for the record's own text, "../@id" for something around it.
func parseXMLColumn(s string, record xmlPath) (xmlColumnPath, error) {
	var p xmlColumnPath
	rest := s
	for strings.HasPrefix(rest, "../") {
		p.up++
		rest = rest[len("../"):]
	}
	if p.up >= len(record.names) {
		return p, fmt.Errorf("%q goes up beyond the first element of the record path", s)
	}
	if rest == "." && p.up == 0 {
		return p, nil
	}
	path, attribute, hasAttribute := strings.Cut(rest, "@")
	if hasAttribute {
		if !isXMLName(attribute) || path != "" && !strings.HasSuffix(path, "/") {
			return p, fmt.Errorf(`%q is not a path such as "customer/@ref"`, s)
		}
		p.attribute = attribute
		if path == "" {
			return p, nil
		}
		path = strings.TrimSuffix(path, "/")
	}
	p.elements = strings.Split(path, "/")
	for _, name := range p.elements {
		if !isXMLName(name) {
			return p, fmt.Errorf(`%q is not a path such as "total", "customer/@ref" or "../@id"`, s)
		}
	}
	if len(p.elements) > MaxXMLDepth {
		return p, errors.New("has too many steps")
	}
	return p, nil
}

// isXMLName is a plausibility check: it finds slips of the pen, not every name
// that XML forbids. Prefixes are left out of paths, so ':' is one.
func isXMLName(s string) bool {
	return s != "" && s != "." && s != ".." && !strings.ContainsAny(s, " \t\r\n@:*[]()<>&'\"=\\")
}

// matches reports whether the stack of open elements is at the path.
func (p *xmlPath) matches(stack []string, names []string) bool {
	if len(stack) < len(names) || p.absolute && len(stack) != len(names) {
		return false
	}
	return equalNames(stack[len(stack)-len(names):], names)
}

func equalNames(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	// From the end: the last names differ most often.
	for i := len(a) - 1; i >= 0; i-- {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
