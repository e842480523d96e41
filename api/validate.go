package api

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/labstack/echo/v4"

	"github.com/leima/leima/api/contract"
)

// Headers that the contract names.
const (
	headerIfMatch        = "If-Match"
	headerIdempotencyKey = "Idempotency-Key"
)

// validate checks the request against the contract. It returns true if the request is
// plain: it was accepted without the library, and into holds the members of its body.
// The body is read and put back, so that the handler decodes what was checked; not so
// for a plain request that is handled directly.
func (op *operation) validate(c echo.Context, into *plainMembers) (plain bool, err error) {
	plain = op.plainParameters != nil && op.plainParameters.accept(c)
	if !plain {
		if err := op.validateParameters(c); err != nil {
			return false, err
		}
	}
	switch {
	case op.multipart:
		t, params, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
		if err != nil || t != "multipart/form-data" || params["boundary"] == "" {
			return false, &problem{code: codeMediaType, detail: "the body must be multipart/form-data, with a boundary"}
		}
		c.Request().Body = delimit(c.Request().Body, params["boundary"])
		return false, nil
	case op.picture:
		t, _, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
		if err != nil || t != "image/png" && t != "image/jpeg" {
			return false, &problem{code: codeMediaType, detail: "the body must be a picture, image/png or image/jpeg"}
		}
		return false, nil
	case op.body != nil:
		plainBody, err := op.validateBody(c.Request(), into)
		if err != nil {
			return false, err
		}
		if plain = plain && plainBody; !plain || op.direct == nil {
			putBack(c.Request(), into.body)
		}
	}
	return plain, nil
}

// validateParameters lets the library check them, and what it does not.
func (op *operation) validateParameters(c echo.Context) error {
	query := c.QueryParams()
	for name, values := range query {
		if !slices.Contains(op.query, name) {
			return invalid(joinPath("", strings.ToValidUTF8(name, "?")), "is not a parameter of this operation")
		}
		for _, v := range values {
			if r, bad := forbiddenRune(v); bad {
				return invalid(name, "must not hold the character U+%04X", r)
			}
			if strings.ContainsRune(v, '\n') {
				return invalid(name, "must be one line")
			}
			if !utf8.ValidString(v) {
				return invalid(name, "must be UTF-8")
			}
		}
	}
	if len(op.parameters) == 0 {
		return nil
	}
	path := make(map[string]string, len(c.ParamNames()))
	for _, name := range c.ParamNames() {
		path[name] = c.Param(name)
	}
	input := &openapi3filter.RequestValidationInput{
		Request: c.Request(), PathParams: path, QueryParams: query,
		Options: &openapi3filter.Options{SkipSettingDefaults: true},
	}
	for _, p := range op.parameters {
		if err := openapi3filter.ValidateParameter(c.Request().Context(), input, p.Value); err != nil {
			return parameterProblem(p.Value, err)
		}
	}
	return nil
}

func parameterProblem(p *openapi3.Parameter, err error) error {
	var schema *openapi3.SchemaError
	switch {
	case errors.Is(err, openapi3filter.ErrInvalidRequired) && p.Name == headerIfMatch:
		return &problem{code: codeIfMatchRequired, field: p.Name, detail: "give the ETag of the version that you change"}
	case errors.Is(err, openapi3filter.ErrInvalidRequired) && p.Name == headerIdempotencyKey:
		return &problem{code: codeKeyRequired, field: p.Name, detail: "give this request a key of its own"}
	case errors.Is(err, openapi3filter.ErrInvalidRequired):
		return because(contract.ProblemReasonRequired, nil, p.Name, "is required")
	case errors.As(err, &schema):
		return schemaProblem(p.Name, schema)
	}
	return invalid(p.Name, "must be %s", typeName(p.Schema.Value))
}

// validateBody reads and checks the body, which is in into afterwards. It returns true
// if it was accepted without the library.
func (op *operation) validateBody(r *http.Request, into *plainMembers) (plain bool, err error) {
	body, err := readBody(r.Body, op.maxBody)
	if err != nil {
		return false, err
	}
	into.body = body
	if body == "" {
		if op.bodyRequired {
			return false, &problem{code: codeInvalidJSON, detail: "a body is required"}
		}
		return false, nil
	}
	if !isJSON(r.Header["Content-Type"]) {
		return false, &problem{code: codeMediaType, detail: "the body must be application/json in UTF-8"}
	}
	if op.plainBody != nil && op.plainBody.read(body, into) {
		return true, nil
	}
	value, err := decodeJSON([]byte(body))
	if err != nil {
		return false, err
	}
	if err := op.body.VisitJSON(value, openapi3.VisitAsRequest(), instantFormat); err != nil {
		return false, bodyProblem(err)
	}
	return false, nil
}

// instantFormat is stricter than the library's pattern, which lets 30 February
// through.
var instantFormat = openapi3.WithStringFormatValidator("date-time", openapi3.NewCallbackValidator(func(s string) error {
	if _, ok := parseInstant(s); !ok {
		return errNotInstant
	}
	return nil
}))

// parseInstant reads an instant as RFC 3339 has it. time.Parse also takes an hour of
// one digit, a comma and an offset of a whole day.
func parseInstant(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || s[len("2006-01-02T15")] != ':' || strings.Contains(s, ",") {
		return time.Time{}, false
	}
	if offset := len(s) - len("07:00"); s[len(s)-1] != 'Z' && s[offset:offset+2] > "23" {
		return time.Time{}, false
	}
	return t, true
}

var errNotInstant = errors.New("not an instant")

// bodyProblem says in our own words what the library found, which repeats values
// in its own.
func bodyProblem(err error) error {
	var schema *openapi3.SchemaError
	if !errors.As(err, &schema) {
		return invalid("", "the body is not what this operation takes")
	}
	path := ""
	for _, step := range schema.JSONPointer() {
		if strings.Trim(step, "0123456789") == "" {
			path += "[" + step + "]"
		} else {
			path = joinPath(path, step)
		}
	}
	if schema.SchemaField == "properties" {
		return because(contract.ProblemReasonUnknown, nil, joinPath(path, unknownMember(schema)), "is not a member that this operation takes")
	}
	return schemaProblem(path, schema)
}

func unknownMember(e *openapi3.SchemaError) string {
	object, _ := e.Value.(map[string]any)
	unknown := make([]string, 0, len(object))
	for name := range object {
		if e.Schema.Properties[name] == nil {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return strings.Join(unknown[:min(1, len(unknown))], "")
}

// schemaProblem is what is wrong for a person, without what was sent.
func schemaProblem(field string, e *openapi3.SchemaError) error {
	s := e.Schema
	limit := func(reason contract.ProblemReason, name string, value any, format string) error {
		return because(reason, map[string]string{name: fmt.Sprint(value)}, field, format, value)
	}
	switch e.SchemaField {
	case "required":
		return because(contract.ProblemReasonRequired, nil, field, "is required")
	case "nullable":
		return because(contract.ProblemReasonNull, nil, field, "must not be null")
	case "type":
		return because(contract.ProblemReasonType, nil, field, "must be %s", typeName(s))
	case "minimum":
		return limit(contract.ProblemReasonMinimum, "min", plainNumber(*s.Min), "must be at least %v")
	case "maximum":
		return limit(contract.ProblemReasonMaximum, "max", plainNumber(*s.Max), "must be at most %v")
	case "minLength":
		return limit(contract.ProblemReasonTooShort, "min", s.MinLength, "must have at least %d characters")
	case "maxLength":
		return limit(contract.ProblemReasonTooLong, "max", *s.MaxLength, "must have at most %d characters")
	case "minItems":
		return limit(contract.ProblemReasonTooFew, "min", s.MinItems, "must hold at least %d")
	case "maxItems":
		return limit(contract.ProblemReasonTooMany, "max", *s.MaxItems, "must hold at most %d")
	case "minProperties":
		return limit(contract.ProblemReasonTooFew, "min", s.MinProps, "must have at least %d members")
	case "enum":
		return because(contract.ProblemReasonOneOf, nil, field, "must be one of %s", strings.Trim(fmt.Sprint(s.Enum), "[]"))
	case "format":
		return because(contract.ProblemReasonInstant, nil, field, "must be an instant such as 2026-03-01T09:15:00Z")
	}
	if s.Example != nil {
		return because(contract.ProblemReasonPattern, nil, field, "must look like %v", s.Example)
	}
	return because(contract.ProblemReasonPattern, nil, field, "is not of the form %s", s.Pattern)
}

// plainNumber writes a number without an exponent.
func plainNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func typeName(s *openapi3.Schema) string {
	switch {
	case s.Type.Is("integer"):
		return "a whole number"
	case s.Type.Is("boolean"):
		return "true or false"
	case s.Type.Is("array"):
		return "a list"
	case s.Type.Is("object"):
		return "an object"
	}
	return "a string"
}
