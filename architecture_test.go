// Package leima_test holds the tests that look at the project as a whole.
package leima_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	// module is the import path that all our packages begin with.
	module = "github.com/leima/leima"
	// maxFileLines is where a file has become several: a reader loses the way.
	maxFileLines = 500
)

// rule says what the packages in one top folder may import besides each other
// and the standard library. Test files are free: a test may put real parts
// together.
type rule struct {
	// ours are top folders of this project; "*" is all of them.
	ours []string
	// modules are other people's, by prefix of the import path; "*" is all.
	modules []string
	// why is shown to whoever breaks the rule.
	why string
}

// rules is the map of docs/architecture.md, one entry per top folder with Go
// code. .golangci.yml says the same to the editor; this test also sees that no
// package was forgotten.
var rules = map[string]rule{
	".": {why: "the root holds the contract and nothing else"},
	"loyalty": {
		why: "the core decides from its arguments alone, so that every rule can be tried on past data and tested without a server",
	},
	"customer": {
		ours: []string{"loyalty", "paging"}, modules: []string{"github.com/nyaruka/phonenumbers"},
		why: "a customer is described without a database, HTTP or a clock",
	},
	"organization": {
		why: "tenants and roles are what others build on",
	},
	"access": {
		ours: []string{"organization", "loyalty"}, modules: []string{"golang.org/x/crypto"},
		why: "who may do what is decided apart from how it is stored or asked",
	},
	"store": {
		ours: []string{"loyalty", "customer", "organization", "access", "typeid", "paging"}, modules: []string{"*"},
		why: "SQL stores the core's values and knows neither the hot state nor who asks",
	},
	"api": {
		ours:    []string{".", "loyalty", "customer", "organization", "access", "typeid", "paging", "locale", "sheet"},
		modules: []string{"*"},
		why:     "a handler is parse, one call, view; the database comes in through an interface",
	},
	"web": {
		ours: []string{"loyalty", "customer", "organization", "access", "typeid", "paging", "locale", "wallet"}, modules: []string{"*"},
		why: "pages show the core's values; the database comes in through an interface",
	},
	"jobs": {
		ours:    []string{"loyalty", "customer", "organization", "access", "typeid", "paging", "locale", "receipt", "wallet"},
		modules: []string{"*"},
		why:     "jobs translate between the core and the libraries; the database comes in through an interface",
	},
	"demo": {
		ours: []string{"loyalty", "customer", "organization"},
		why:  "the demo pharmacy is values; whoever runs it stores them",
	},
	"ledger": {
		ours: []string{"loyalty"},
		why:  "commits are grouped between two interfaces of the core, whatever stands behind them",
	},
	"projection": {
		ours: []string{"loyalty", "customer", "hot"},
		why:  "the hot state follows the database through interfaces, whatever database and hot state they are",
	},
	"bench": {
		ours:    []string{"loyalty", "customer", "organization", "access", "typeid", "store", "deploy", "wallet"},
		modules: []string{"*"},
		why:     "a benchmark stamps from outside, over HTTP; it knows only what it fills a database with, how servers are started, and what phones are told",
	},
	"chaos": {
		ours:    []string{"loyalty", "customer", "organization", "access", "typeid", "store", "deploy"},
		modules: []string{"*"},
		why:     "what is proved is proved from outside, over HTTP and by SQL of its own; the rest is for opening shops and starting servers",
	},
	"receipt": {modules: []string{"*"}, why: "a library for reading receipts, of use without Leima"},
	"sheet":   {modules: []string{"*"}, why: "a library for writing tables, of use without Leima"},
	"hot":     {modules: []string{"*"}, why: "a library for fast state, of use without Leima"},
	"typeid":  {modules: []string{"*"}, why: "a library for ids, of use without Leima"},
	"paging":  {why: "a page of a list is described without knowing what is listed"},
	"locale":  {modules: []string{"*"}, why: "texts and plural rules, of use without Leima"},
	"wallet":  {modules: []string{"*"}, why: "a library for cards in the wallets of phones, of use without Leima"},
	"pass": {
		ours: []string{"loyalty", "customer", "organization", "locale", "paging", "typeid", "wallet"},
		why:  "passes are the core's values, translated for the libraries in wallet; the database comes in through an interface",
	},
	"cmd":    {ours: []string{"*"}, modules: []string{"*"}, why: "the one place that knows everybody and puts them together"},
	"deploy": {why: "the workshop must work when the product does not build"},
}

// homes names the only top folders that may use a module that is free to be
// used by the rules.
var homes = map[string][]string{
	"github.com/labstack/echo": {"api", "web", "cmd", "bench"},
}

// notPure are packages of the standard library through which a clock, a source
// of randomness or the outside world would get into the core.
var notPure = []string{"os", "net", "io/fs", "math/rand", "crypto/rand", "database/sql", "log", "runtime", "syscall", "unsafe"}

// badNames are names that say nothing about what is inside.
var badNames = []string{"util", "utils", "common", "helper", "helpers", "model", "models"}

// goPackage is what go list tells about a package.
type goPackage struct {
	Dir            string
	ImportPath     string
	Name           string
	Standard       bool
	GoFiles        []string
	IgnoredGoFiles []string // for another system
	Imports        []string // without those of test files
}

// folder returns the top folder, the key into rules: "cmd" for .../cmd/leima.
func (p goPackage) folder() string { return folderOf(p.ImportPath) }

// folderOf returns the top folder of one of our import paths, "." for the root.
func folderOf(importPath string) string {
	below, _ := strings.CutPrefix(strings.TrimPrefix(importPath, module), "/")
	if below == "" {
		return "."
	}
	top, _, _ := strings.Cut(below, "/")
	return top
}

// isOurs tells whether an import path is in this project.
func isOurs(importPath string) bool { return within(importPath, module) }

// within tells whether path is prefix or below it.
func within(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

func TestPackagesImportOnlyWhatTheyMayKnow(t *testing.T) {
	ours, standard := listPackages(t)
	for _, p := range ours {
		for _, violation := range violations(p, standard) {
			t.Error(violation)
		}
	}
}

// violations returns a sentence for each import that the rules forbid. The set
// standard holds the import paths of the standard library.
func violations(p goPackage, standard map[string]bool) []string {
	r, known := rules[p.folder()]
	if !known {
		return []string{fmt.Sprintf("%s: the folder %s has no entry in the rules of architecture_test.go: "+
			"add one, with the reason, here, in .golangci.yml and in docs/architecture.md", p.ImportPath, p.folder())}
	}
	var found []string
	complain := func(imported, reason string) {
		found = append(found, fmt.Sprintf("%s imports %s: %s", p.ImportPath, imported, reason))
	}
	for _, imported := range p.Imports {
		top := folderOf(imported)
		switch {
		case standard[imported]:
			if p.folder() == "loyalty" && slices.ContainsFunc(notPure, func(bad string) bool { return within(imported, bad) }) {
				complain(imported, "the core is pure: no clock, no randomness, no outside world")
			}
		case !isOurs(imported):
			if home := homeOf(imported); home != nil && !slices.Contains(home, p.folder()) {
				complain(imported, "only "+strings.Join(home, ", ")+" may use it")
			} else if !allowsModule(r, imported) {
				complain(imported, fmt.Sprintf("%s may use %s; %s", p.folder(), orNothing(r.modules, "no foreign module"), r.why))
			}
		case strings.HasSuffix(imported, "test") && !strings.HasSuffix(p.ImportPath, "test"):
			complain(imported, "packages for tests are imported by tests only")
		case top != p.folder() && !slices.Contains(r.ours, top) && !slices.Contains(r.ours, "*"):
			complain(imported, fmt.Sprintf("%s may know %s; %s", p.folder(), orNothing(r.ours, "no other package of ours"), r.why))
		}
	}
	return found
}

func allowsModule(r rule, imported string) bool {
	return slices.ContainsFunc(r.modules, func(allowed string) bool {
		return allowed == "*" || within(imported, allowed)
	})
}

// homeOf returns the folders that alone may use a module, nil for a module
// without a home.
func homeOf(imported string) []string {
	for prefix, home := range homes {
		if within(imported, prefix) {
			return home
		}
	}
	return nil
}

func orNothing(names []string, nothing string) string {
	if len(names) == 0 {
		return nothing
	}
	return "only " + strings.Join(names, ", ")
}

// TestTheRulesBite tries each kind of rule on a package made to break it.
func TestTheRulesBite(t *testing.T) {
	standard := map[string]bool{"time": true, "os": true, "os/exec": true, "net/http": true, "math/rand/v2": true}
	for name, c := range map[string]struct {
		path    string
		imports []string
		broken  int
	}{
		"the core and the standard library":  {"loyalty", []string{"time"}, 0},
		"the core and the outside world":     {"loyalty", []string{"os", "os/exec", "net/http", "math/rand/v2"}, 4},
		"the core and another module":        {"loyalty", []string{"github.com/google/uuid"}, 1},
		"the core and a package of ours":     {"loyalty", []string{module + "/customer"}, 1},
		"customer and what it may know":      {"customer", []string{module + "/loyalty", "github.com/nyaruka/phonenumbers"}, 0},
		"customer and another module":        {"customer", []string{"github.com/nyaruka/phonenumbersbutnot"}, 1},
		"access and a part of x/crypto":      {"access", []string{"golang.org/x/crypto/argon2"}, 0},
		"store and the hot state":            {"store", []string{module + "/hot"}, 1},
		"store and its own parts":            {"store/storetest", []string{module + "/store"}, 0},
		"store and its own tests' parts":     {"store", []string{module + "/store/storetest"}, 1},
		"the four at the rim":                {"web", []string{module + "/api", module + "/jobs", module + "/store"}, 3},
		"api and receipts":                   {"api", []string{module + "/receipt"}, 1},
		"jobs and receipts":                  {"jobs", []string{module + "/receipt"}, 0},
		"a library and a package of ours":    {"typeid", []string{module + "/loyalty"}, 1},
		"passes and a package of ours":       {"wallet/apple", []string{module + "/loyalty"}, 1},
		"cards as passes, and SQL":           {"pass", []string{module + "/wallet/apple", module + "/customer", module + "/store"}, 1},
		"passes and their own parts":         {"wallet/apple", []string{module + "/wallet/strip"}, 0},
		"Echo at home":                       {"api", []string{"github.com/labstack/echo/v4"}, 0},
		"Echo away from home":                {"jobs", []string{"github.com/labstack/echo/v4"}, 1},
		"the command knows everybody":        {"cmd/leima", []string{module + "/api", module + "/store", module + "/hot", "net/http"}, 0},
		"a folder that nobody has ruled on":  {"misc", nil, 1},
		"the root knows nobody":              {"", []string{module + "/loyalty"}, 1},
		"api and the contract":               {"api", []string{module}, 0},
		"web and the contract":               {"web", []string{module}, 1},
		"the workshop and the product":       {"deploy/testservers", []string{module + "/store"}, 1},
		"organization and anything of ours":  {"organization", []string{module + "/typeid"}, 1},
		"a benchmark and what it fills":      {"bench/cards", []string{module + "/store", module + "/typeid", module + "/bench/traffic"}, 0},
		"a benchmark and what it measures":   {"bench/stamps", []string{module + "/api", module + "/hot", module + "/ledger", module + "/cmd/leima"}, 4},
		"the product and its benchmarks":     {"store", []string{module + "/bench/cards"}, 1},
		"the projection and the hot state":   {"projection", []string{module + "/hot", module + "/customer", module + "/loyalty"}, 0},
		"the projection and the database":    {"projection", []string{module + "/store", "github.com/redis/go-redis/v9"}, 2},
		"the projection and a front end":     {"web", []string{module + "/projection"}, 1},
		"a proof and what it replays":        {"chaos/proof", []string{module + "/loyalty", module + "/chaos/record", "github.com/jackc/pgx/v5"}, 0},
		"a proof and what it is about":       {"chaos/till", []string{module + "/api", module + "/hot", module + "/ledger"}, 3},
		"the ledger and the core":            {"ledger", []string{module + "/loyalty"}, 0},
		"the ledger and the database":        {"ledger", []string{module + "/store", "github.com/jackc/pgx/v5"}, 2},
		"front ends and the ledger":          {"api", []string{module + "/ledger"}, 1},
		"demo and the database, by surprise": {"demo", []string{module + "/store"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := goPackage{ImportPath: strings.TrimSuffix(module+"/"+c.path, "/"), Imports: c.imports}
			if found := violations(p, standard); len(found) != c.broken {
				t.Errorf("want %d violations, found %q", c.broken, found)
			}
		})
	}
}

// TestTheLinterHasARuleForEveryFolder keeps .golangci.yml, which shows the
// rules in the editor, from falling behind.
func TestTheLinterHasARuleForEveryFolder(t *testing.T) {
	config, err := os.ReadFile(".golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	for folder, r := range rules {
		if slices.Contains(r.ours, "*") {
			continue // nothing to forbid
		}
		files := folder + "/**"
		if folder == "." {
			files = "*.go"
		}
		if !strings.Contains(string(config), fmt.Sprintf(`files: ["${config-path}/%s", "!$test"]`, files)) {
			t.Errorf(".golangci.yml has no depguard rule for %s", folder)
		}
	}
}

func TestEveryPackageHasADocumentThatIntroducesIt(t *testing.T) {
	ours, _ := listPackages(t)
	for _, p := range ours {
		if err := checkDocument(p); err != nil {
			t.Errorf("%s: %v", p.ImportPath, err)
		}
	}
}

// checkDocument returns an error unless doc.go, or the only file of the package,
// begins as go doc expects: with "Package" and its name, or "Command" and the
// name of the program.
func checkDocument(p goPackage) error {
	name := "doc.go"
	if len(p.GoFiles) == 1 {
		name = p.GoFiles[0]
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments)
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no doc.go: say what the package is, what it must not know and where to start reading")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	want := "Package " + p.Name + " "
	if p.Name == "main" {
		want = "Command " + path.Base(p.ImportPath) + " "
	}
	if text := strings.Join(strings.Fields(file.Doc.Text()), " "); !strings.HasPrefix(text, want) {
		return fmt.Errorf("%s begins with %q: begin with %q", name, firstWords(text), want)
	}
	return nil
}

func firstWords(text string) string {
	const enough = 4
	words := strings.Fields(text)
	return strings.Join(words[:min(enough, len(words))], " ")
}

func TestPackageNamesSayWhatIsInside(t *testing.T) {
	ours, _ := listPackages(t)
	for _, p := range ours {
		for _, part := range append(strings.Split(p.ImportPath, "/"), p.Name) {
			if slices.Contains(badNames, part) {
				t.Errorf("%s: %q could hold anything; name what it holds", p.ImportPath, part)
			}
		}
	}
}

func TestFilesCanBeReadInOneGo(t *testing.T) {
	ours, _ := listPackages(t)
	files := 0
	for _, p := range ours {
		for _, name := range slices.Concat(p.GoFiles, p.IgnoredGoFiles) {
			if strings.HasSuffix(name, "_test.go") {
				continue // left out for another system
			}
			files++
			if err := checkLength(filepath.Join(p.Dir, name)); err != nil {
				t.Error(err)
			}
		}
	}
	if files == 0 {
		t.Error("no file was looked at")
	}
}

// checkLength returns an error for a file of more than maxFileLines lines that
// was written by hand.
func checkLength(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read a source file: %w", err)
	}
	lines := bytes.Count(text, []byte("\n"))
	if lines <= maxFileLines {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return fmt.Errorf("parse a source file: %w", err)
	}
	if ast.IsGenerated(file) {
		return nil
	}
	return fmt.Errorf("%s has %d lines, the limit is %d: split it by what its parts do", path, lines, maxFileLines)
}

// listPackages returns our packages with Go files outside of tests, and the
// import paths of the standard library that they lead to. It fails the test
// when go list does or finds none. What does not build is the compiler's
// business (-e): the rules hold all the same.
func listPackages(t *testing.T) (ours []goPackage, standard map[string]bool) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-e", "-deps", "-json="+
		"Dir,ImportPath,Name,Standard,GoFiles,IgnoredGoFiles,Imports", "./...")
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, problems.String())
	}
	standard = map[string]bool{}
	list := json.NewDecoder(bufio.NewReader(bytes.NewReader(output)))
	for {
		var p goPackage
		if err := list.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		switch {
		case p.Standard:
			standard[p.ImportPath] = true
		case isOurs(p.ImportPath) && len(p.GoFiles) > 0:
			ours = append(ours, p)
		}
	}
	if len(ours) == 0 {
		t.Fatal("go list found no package of ours")
	}
	return ours, standard
}

// TestALongFileIsFound tries checkLength on files made for it.
func TestALongFileIsFound(t *testing.T) {
	folder := t.TempDir()
	long := "package long\n" + strings.Repeat("\n", maxFileLines)
	if checkLength(writeFile(t, folder, "long.go", long)) == nil {
		t.Error("a long file passes")
	}
	if err := checkLength(writeFile(t, folder, "short.go", long[:len(long)-1])); err != nil {
		t.Errorf("a file of just the limit: %v", err)
	}
	generated := "// Code generated by a tool. DO NOT EDIT.\n\n" + long
	if err := checkLength(writeFile(t, folder, "generated.go", generated)); err != nil {
		t.Errorf("a generated file: %v", err)
	}
}

// TestAMissingDocumentIsFound tries checkDocument on packages made for it.
func TestAMissingDocumentIsFound(t *testing.T) {
	several := []string{"card.go", "stamp.go"}
	for name, c := range map[string]struct {
		p    goPackage
		file string
		text string
		good bool
	}{
		"no doc.go":          {goPackage{Name: "card", GoFiles: several}, "card.go", "// Package card is.\npackage card\n", false},
		"doc.go says naught": {goPackage{Name: "card", GoFiles: several}, "doc.go", "package card\n", false},
		"another name":       {goPackage{Name: "card", GoFiles: several}, "doc.go", "// Package stamp is.\npackage card\n", false},
		"its name":           {goPackage{Name: "card", GoFiles: several}, "doc.go", "// Package card is.\npackage card\n", true},
		"its only file":      {goPackage{Name: "card", GoFiles: several[:1]}, "card.go", "// Package card is.\npackage card\n", true},
		"a command":          {goPackage{Name: "main", ImportPath: "cmd/leima", GoFiles: several}, "doc.go", "// Command leima is.\npackage main\n", true},
		"a nameless command": {goPackage{Name: "main", ImportPath: "cmd/leima", GoFiles: several}, "doc.go", "// Package main is.\npackage main\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			c.p.Dir = t.TempDir()
			writeFile(t, c.p.Dir, c.file, c.text)
			if err := checkDocument(c.p); (err == nil) != c.good {
				t.Errorf("got %v", err)
			}
		})
	}
}

func writeFile(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
