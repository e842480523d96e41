package receipt

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mappingFile is the mapping file as it is written. Values stay text where a
// wrong one deserves a better message than YAML's own.
type mappingFile struct {
	Format     string         `yaml:"format"`
	Encoding   string         `yaml:"encoding"`
	Delimiter  string         `yaml:"delimiter"`
	Decimal    string         `yaml:"decimal"`
	Sheet      string         `yaml:"sheet"`
	Header     *int           `yaml:"header"`
	Record     string         `yaml:"record"`
	Columns    columnsFile    `yaml:"columns"`
	LegalClass legalClassFile `yaml:"legal_class"`
	Earn       earnFile       `yaml:"earn"`
	Customers  customersFile  `yaml:"customers"`
}

type columnsFile struct {
	Customer  string     `yaml:"customer"`
	Receipt   string     `yaml:"receipt"`
	Location  string     `yaml:"location"`
	At        atFile     `yaml:"at"`
	Product   string     `yaml:"product"`
	Quantity  string     `yaml:"quantity"`
	Amount    amountFile `yaml:"amount"`
	Phone     string     `yaml:"phone"`
	Email     string     `yaml:"email"`
	FirstName string     `yaml:"first_name"`
	LastName  string     `yaml:"last_name"`
	OldNumber string     `yaml:"old_number"`
}

type atFile struct {
	Column  string   `yaml:"column"`
	Layouts []string `yaml:"layouts"`
	Zone    string   `yaml:"zone"`
}

type amountFile struct {
	Column   string `yaml:"column"`
	Currency string `yaml:"currency"`
	Decimals *int   `yaml:"decimals"`
}

type legalClassFile struct {
	Column string            `yaml:"column"`
	Values map[string]string `yaml:"values"`
	Assume string            `yaml:"assume"`
}

type earnFile struct {
	Per           string `yaml:"per"`
	Stamps        *int64 `yaml:"stamps"`
	MinimumAmount string `yaml:"minimum_amount"`
}

type customersFile struct {
	Match   string `yaml:"match"`
	Missing string `yaml:"missing"`
}

// ParseMapping reads a mapping file. Every key is explained in
// deploy/maps/README.md; unknown keys are refused. The error joins one
// [MappingError] for each thing that is wrong, in the order of the lines, so
// that a file can be put right in one go.
func ParseMapping(src []byte) (*Mapping, error) {
	if len(src) > MaxMappingBytes {
		return nil, &MappingError{Reason: fmt.Sprintf("larger than %d bytes", MaxMappingBytes)}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		return nil, brokenYAML(err)
	}
	if root.Kind == 0 {
		return nil, &MappingError{Reason: "the file is empty"}
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	dec.KnownFields(true)
	var file mappingFile
	if err := dec.Decode(&file); err != nil {
		var wrong *yaml.TypeError
		if !errors.As(err, &wrong) {
			return nil, brokenYAML(err)
		}
		return nil, wrongTypes(wrong, linesOf(&root))
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &MappingError{Reason: "more than one document in the file"}
	}
	c := &mappingCheck{file: &file, lines: linesOf(&root)}
	m := c.mapping()
	if err := c.err(); err != nil {
		return nil, err
	}
	return m, nil
}

var (
	yamlLine    = regexp.MustCompile(`line (\d+): (.*)$`)
	yamlUnknown = regexp.MustCompile(`^field (.+) not found in type `)
	yamlType    = regexp.MustCompile("^cannot unmarshal (?s:.*) into (.+)$")
)

func brokenYAML(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if found := yamlLine.FindStringSubmatch(text); found != nil {
		line, _ := strconv.Atoi(found[1]) // the expression matches digits only
		return &MappingError{Line: line, Reason: "not valid YAML: " + found[2]}
	}
	return &MappingError{Reason: "not valid YAML: " + text}
}

// wrongTypes puts YAML's messages, which speak of Go types, into ours.
func wrongTypes(wrong *yaml.TypeError, lines map[string]int) error {
	var out []error
	for _, text := range wrong.Errors {
		e := &MappingError{Reason: text}
		if found := yamlLine.FindStringSubmatch(text); found != nil {
			e.Line, _ = strconv.Atoi(found[1]) // the expression matches digits only
			e.Reason = found[2]
			e.Field = fieldAtLine(lines, e.Line)
		}
		if found := yamlUnknown.FindStringSubmatch(e.Reason); found != nil {
			if e.Field != found[1] && !strings.HasSuffix(e.Field, "."+found[1]) {
				e.Field = found[1]
			}
			e.Reason = "there is no such key"
		} else if found := yamlType.FindStringSubmatch(e.Reason); found != nil {
			e.Reason = "must be " + kindInWords(found[1])
		}
		out = append(out, e)
	}
	return errors.Join(out...)
}

func kindInWords(goType string) string {
	switch {
	case goType == "int" || goType == "int64":
		return "a whole number"
	case goType == "string":
		return "a single value"
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	default:
		return "a group of keys"
	}
}

// linesOf returns the line of every key of a document by its dotted path.
func linesOf(root *yaml.Node) map[string]int {
	lines := map[string]int{}
	var walk func(n *yaml.Node, path string)
	walk = func(n *yaml.Node, path string) {
		switch n.Kind {
		case yaml.DocumentNode:
			for _, child := range n.Content {
				walk(child, path)
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				key := strings.TrimPrefix(path+"."+n.Content[i].Value, ".")
				lines[key] = n.Content[i].Line
				walk(n.Content[i+1], key)
			}
		default:
			// Aliases are not followed: an anchor's keys have their own lines.
		}
	}
	walk(root, "")
	return lines
}

// fieldAtLine returns the deepest key that stands on the line.
func fieldAtLine(lines map[string]int, line int) string {
	var on []string
	for path, at := range lines {
		if at == line {
			on = append(on, path)
		}
	}
	if len(on) == 0 {
		return ""
	}
	return slices.MaxFunc(on, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "."), strings.Count(b, ".")), cmp.Compare(a, b))
	})
}
