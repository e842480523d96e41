// Package leima is the root of the project. It holds the contract, openapi.yaml,
// so that the server that checks by it and the command that prints it have the
// same one. It knows nothing else.
package leima

import _ "embed"

// OpenAPI is the contract, OpenAPI 3.0.3 in YAML. It must not be changed.
//
//go:embed openapi.yaml
var OpenAPI []byte
