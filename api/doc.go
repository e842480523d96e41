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
// The check against the contract accepts fast and explains slowly. plain_body.go and
// plain_parameters.go are compiled from the contract, go over a request once and say
// yes or nothing; where they say nothing the library decides, and words what is wrong
// (validate.go). Stamps and scans that were accepted so are handled by direct.go in
// place of the generated code, and answered by encode.go. What they are held to
// stands in plain_test.go and encode_test.go.
//
// Start with API and Dependencies (api.go).
package api
