package api

import (
	"net/textproto"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
)

// plainParameters are the parameters of an operation as far as they are texts in the
// path and in headers. Like plainBody it accepts fast and never refuses.
type plainParameters []plainParameter

type plainParameter struct {
	name     string // canonical for a header
	header   bool
	required bool
	text     plainText
}

// compilePlainParameters returns false for parameters of another kind. Those of the
// query are left to the library whenever there is a query.
func compilePlainParameters(all openapi3.Parameters) (plainParameters, bool) {
	plain := plainParameters{}
	for _, ref := range all {
		p := ref.Value
		if p.In == openapi3.ParameterInQuery && !p.Required {
			continue
		}
		if p.In != openapi3.ParameterInPath && p.In != openapi3.ParameterInHeader || p.Schema == nil || p.Style != "" || p.Explode != nil {
			return nil, false
		}
		text, ok := compilePlainText(p.Schema.Value)
		if !ok {
			return nil, false
		}
		// What is empty is for some not there.
		text.min = max(text.min, 1)
		x := plainParameter{name: p.Name, header: p.In == openapi3.ParameterInHeader, required: p.Required, text: text}
		if x.header {
			x.name = textproto.CanonicalMIMEHeaderKey(x.name)
		}
		plain = append(plain, x)
	}
	return plain, true
}

// accept returns true if the parameters of the request are those of the operation;
// false says nothing.
func (ps plainParameters) accept(c echo.Context) bool {
	if c.Request().URL.RawQuery != "" {
		return false
	}
	for i := range ps {
		p := &ps[i]
		var value string
		if p.header {
			values := c.Request().Header[p.name]
			if len(values) == 0 && !p.required {
				continue
			}
			if len(values) != 1 {
				return false
			}
			value = values[0]
		} else if value = c.Param(p.name); strings.Contains(value, "%") {
			return false // who unescapes it when is a long story
		}
		if !p.text.accepts(value) || !printable(value) {
			return false
		}
	}
	return true
}

// printable reports whether s is of the printable characters of ASCII alone.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
