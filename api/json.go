package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxJSONDepth is how deep a body may be nested; the contract needs 5.
const maxJSONDepth = 16

// decodeJSON returns the one JSON value of the body as encoding/json decodes it
// into an any, with numbers as json.Number. What encoding/json forgives is a problem here: members that are
// there twice (which of them counts depends on who reads it), what follows the
// value, and text that is not UTF-8. So are control characters but the line feed,
// and marks that change the direction of text, anywhere in the body.
func decodeJSON(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, &problem{code: codeInvalidJSON, detail: "the body is not UTF-8"}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	value, err := decodeValue(d, "", 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, &problem{code: codeInvalidJSON, detail: "the body goes on after its JSON value"}
	}
	return value, nil
}

// decodeValue reads the next value, which stands at the path.
func decodeValue(d *json.Decoder, path string, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, &problem{code: codeInvalidJSON, detail: fmt.Sprintf("the body is nested deeper than %d levels", maxJSONDepth)}
	}
	token, err := d.Token()
	if err != nil {
		return nil, brokenJSON(d)
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return decodeObject(d, path, depth)
		}
		return decodeArray(d, path, depth)
	case string:
		if r, bad := forbiddenRune(t); bad {
			return nil, invalid(path, "must not hold the character U+%04X", r)
		}
	case json.Number:
		// The contract has whole numbers only. 1.0 and 1e0 are whole to some and not to
		// others, encoding/json among them.
		if strings.ContainsAny(t.String(), ".eE") {
			return nil, invalid(path, "must be a whole number without a point or exponent")
		}
	}
	return token, nil
}

func decodeObject(d *json.Decoder, path string, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, brokenJSON(d)
		}
		if r, bad := forbiddenRune(name); bad {
			return nil, &problem{code: codeInvalidJSON, detail: fmt.Sprintf("the name of a member holds the character U+%04X", r)}
		}
		at := joinPath(path, name)
		if _, twice := object[name]; twice {
			return nil, &problem{code: codeInvalidJSON, field: at, detail: "is there twice"}
		}
		if object[name], err = decodeValue(d, at, depth+1); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, brokenJSON(d)
	}
	return object, nil
}

func decodeArray(d *json.Decoder, path string, depth int) (any, error) {
	array := []any{}
	for d.More() {
		value, err := decodeValue(d, fmt.Sprintf("%s[%d]", path, len(array)), depth+1)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	if _, err := d.Token(); err != nil {
		return nil, brokenJSON(d)
	}
	return array, nil
}

// brokenJSON leaves out the decoder's own words: they may repeat what was sent.
func brokenJSON(d *json.Decoder) error {
	return &problem{code: codeInvalidJSON, detail: fmt.Sprintf("the body is not JSON, near byte %d", d.InputOffset())}
}

// forbiddenRune returns the first character of s that nobody types into a field:
// a control character other than the line feed, or a mark that changes the
// direction of text, with which a name could make a screen say something else.
func forbiddenRune(s string) (rune, bool) {
	for _, r := range s {
		if r < 0x7f && r >= ' ' || r == '\n' {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return r, true
		}
	}
	return 0, false
}

// maxFieldLen bounds what a problem repeats of the name of a member.
const maxFieldLen = 100

func joinPath(path, name string) string {
	if path != "" {
		path += "."
	}
	if path += name; len(path) > maxFieldLen {
		path = path[:maxFieldLen]
		for !utf8.ValidString(path) {
			path = path[:len(path)-1]
		}
	}
	return path
}
