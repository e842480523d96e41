package web

import (
	"bytes"
	"regexp"
)

// jsType is a type for TypeScript in a comment within a line.
var jsType = regexp.MustCompile(`/\*\* @[^*]*\*/ ?`)

// lean returns a script or style of ours without comments and indentation: a phone on a
// slow connection need not load what is written for us. It knows no more of the languages
// than our own files need: a comment stands on lines of its own, or is a type, and no
// text goes over several lines.
func lean(text []byte) []byte {
	var out bytes.Buffer
	comment := false
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(jsType.ReplaceAll(line, nil))
		if !comment && bytes.HasPrefix(line, []byte("//")) {
			continue
		}
		if comment || bytes.HasPrefix(line, []byte("/*")) {
			var closed bool
			_, line, closed = bytes.Cut(line, []byte("*/"))
			comment = !closed
			line = bytes.TrimSpace(line)
		}
		if len(line) > 0 && !comment {
			out.Write(line)
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}
