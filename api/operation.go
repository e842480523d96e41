package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/leima/leima"
	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
)

// Limits of request bodies, in bytes.
const (
	MaxBody = 64 << 10
	// MaxImportBody leaves room for the other parts beside a file of MaxImportFile.
	MaxImportBody = MaxImportFile + 1<<20
)

// auditExtension is where openapi.yaml says what line an operation leaves in the audit log.
const auditExtension = "x-leima-audit"

// permissionExtension is where openapi.yaml says what an operation asks for.
const permissionExtension = "x-leima-permission"

// operation is what a guard must know of one operation of the contract.
type operation struct {
	id, method string
	// route is the path as Echo writes it: /v1/cards/:card_id.
	route string
	// public operations take no credential; anyone asks for none of permissions.
	public, anyone bool
	// audited operations leave a line in the audit log.
	audited bool
	// permissions of which one is enough.
	permissions []access.Permission
	parameters  openapi3.Parameters
	// query are the names of the query parameters; others are refused.
	query []string
	// body is nil for an operation that takes none, and for one whose body is read as
	// it comes in.
	body         *openapi3.Schema
	bodyRequired bool
	multipart    bool
	// picture operations take a PNG or JPEG file as their body.
	picture bool
	maxBody int64
	// allowed are the permissions as a set.
	allowed access.Set
	// plainBody and plainParameters accept most requests without the library; they are
	// nil where the contract says what they cannot.
	plainBody       *plainBody
	plainParameters plainParameters
	// direct handles a request that they accepted in place of the generated code; nil
	// for most operations.
	direct directHandler
}

// loadOperations reads the contract that was built in.
func loadOperations() ([]*operation, error) {
	doc, err := openapi3.NewLoader().LoadFromData(leima.OpenAPI)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	var all []*operation
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			op, err := newOperation(method, path, item, o)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			all = append(all, op)
		}
	}
	slices.SortFunc(all, func(a, b *operation) int { return strings.Compare(a.route+a.method, b.route+b.method) })
	return all, nil
}

func newOperation(method, path string, item *openapi3.PathItem, o *openapi3.Operation) (*operation, error) {
	op := &operation{
		id: o.OperationID, method: method, maxBody: MaxBody,
		route:      strings.NewReplacer("{", ":", "}", "").Replace(path),
		parameters: slices.Concat(item.Parameters, o.Parameters),
	}
	if op.id == "" {
		return nil, fmt.Errorf("the operation has no operationId")
	}
	if action, _ := o.Extensions[auditExtension].(string); action != "" && action != "none" {
		op.audited = true
	}
	op.plainParameters, _ = compilePlainParameters(op.parameters)
	for _, p := range op.parameters {
		if p.Value.In == openapi3.ParameterInQuery {
			op.query = append(op.query, p.Value.Name)
		}
	}
	if o.RequestBody != nil {
		content := o.RequestBody.Value.Content
		op.bodyRequired = o.RequestBody.Value.Required
		if media := content["application/json"]; media != nil {
			op.body = media.Schema.Value
			op.plainBody, _ = compilePlainBody(op.body)
		} else if content["multipart/form-data"] != nil {
			op.multipart, op.maxBody = true, MaxImportBody
		} else if content["image/*"] != nil {
			op.picture, op.maxBody = true, organization.MaxLogoFile
		} else {
			return nil, fmt.Errorf("the body is neither JSON, multipart/form-data nor a picture")
		}
	}
	return op, op.readPermission(o.Extensions[permissionExtension])
}

// readPermission takes one name or a list of names. A contract that forgets to say
// who may do something is not served.
func (op *operation) readPermission(extension any) error {
	var names []string
	switch x := extension.(type) {
	case string:
		names = []string{x}
	case []any:
		for _, name := range x {
			s, _ := name.(string)
			names = append(names, s)
		}
	}
	switch {
	case len(names) == 0:
		return fmt.Errorf("%s is missing", permissionExtension)
	case len(names) == 1 && names[0] == "none":
		op.public = true
		return nil
	case len(names) == 1 && names[0] == "any":
		op.anyone = true
		return nil
	}
	for _, name := range names {
		if !slices.Contains(access.Permissions, access.Permission(name)) {
			return fmt.Errorf("%s: %q is not a permission", permissionExtension, name)
		}
		op.permissions = append(op.permissions, access.Permission(name))
	}
	op.allowed = access.SetOf(op.permissions...)
	return nil
}

// naming returns a context that names, for the audit log, who carries the operation out.
// Whoever shows no credential is nobody yet.
func (op *operation) naming(ctx context.Context, rq *request) context.Context {
	switch {
	case !op.audited:
		return ctx
	case op.public:
		return access.WithDoer(ctx, access.Doer{Kind: access.DoerSystem, RequestID: rq.id})
	default:
		return access.WithDoer(ctx, rq.principal.Doer(rq.id))
	}
}

// allows returns nil if the principal may carry the operation out.
func (op *operation) allows(p *access.Principal) error {
	if op.anyone || op.public || p.Permissions&op.allowed != 0 {
		return nil
	}
	names := make([]string, len(op.permissions))
	for i, x := range op.permissions {
		names[i] = string(x)
	}
	return forbidden("the credential lacks the permission %s", strings.Join(names, " or "))
}

// registerRest answers what the contract does not have: other methods on its
// paths, and other paths under /v1.
func (a *API) registerRest(e *echo.Echo) {
	taken := map[string][]string{}
	for _, op := range a.operations {
		taken[op.route] = append(taken[op.route], op.method)
	}
	for _, route := range slices.Sorted(maps.Keys(taken)) {
		allowed := strings.Join(slices.Sorted(slices.Values(taken[route])), ", ")
		refuse := a.plain(func(c echo.Context) error {
			c.Response().Header().Set("Allow", allowed)
			return &problem{code: codeMethodNotAllowed, detail: "this address takes " + allowed}
		})
		for _, method := range []string{
			http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
			http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect,
		} {
			if !slices.Contains(taken[route], method) {
				e.Add(method, route, refuse)
			}
		}
	}
	missing := a.plain(func(echo.Context) error {
		return &problem{code: codeRouteNotFound, detail: "there is no such address"}
	})
	e.Any("/v1", missing)
	e.Any("/v1/*", missing)
	e.RouteNotFound("/v1/*", missing)
}
