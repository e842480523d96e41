// Package googletest is a stand-in for Google Wallet: the REST interface, the endpoint
// of access tokens, the published root keys, and what Google signs and sends back.
//
// It checks what it receives as Google documents it, and more strictly where a mistake
// would only show on a phone: Problems lists what was wrong. It can be told to fail in
// the ways in which Google and the network do (Fail).
//
// It knows wallet/google, whose types it deliberately does not decode into: it reads
// the JSON itself, so that a wrong name of a field cannot be wrong on both sides alike.
//
// Start reading at server.go; objects.go keeps classes and objects, callback.go signs
// callbacks, link.go looks into save links.
package googletest
