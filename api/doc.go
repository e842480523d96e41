// Package api serves /v1: the contract of openapi.yaml over the core. A handler
// parses, makes one call and shows the result; what is decided is decided in
// packages loyalty, customer, organization and access, and what is kept is kept
// behind the interface Store. The package knows no SQL, no page and no other rim
// package.
//
// A request goes through guard.go (request id, body limit, credential, permission,
// the check against the contract) and then to its handler, which stands in the
// file of its resource. Every error ends in errors.go, the one place that turns
// errors and refusals into problem+json.
//
// Start with API and Dependencies (api.go).
package api
