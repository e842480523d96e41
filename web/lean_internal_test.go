package web

import "testing"

func TestLeanLeavesWhatCounts(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a comment of a line":        {"// why\n\tlet a;\n", "let a;\n"},
		"of several":                 {"/* one\n   two\n*/\na {\n\tb: c;\n}\n", "a {\nb: c;\n}\n"},
		"of several, with a command": {"/**\n * one\n */ go();\n", "go();\n"},
		"a type":                     {"\tconst a = /** @type {HTMLElement | null} */ (b);\n", "const a = (b);\n"},
		"a type that begins a line":  {"\t/** @type {A} */ (a).b();\n", "(a).b();\n"},
		"an address stays":           {"const a = \"https://x/y\";\n", "const a = \"https://x/y\";\n"},
		"a line without an end":      {"a", "a\n"},
		"nothing":                    {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(lean([]byte(c.text))); got != c.want {
				t.Errorf("lean(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}
