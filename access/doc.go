// Package access says who may do what: the permissions of each role, the
// credentials that prove who is asking, and how their secrets are made and
// checked. It keeps nothing itself and knows no HTTP; where it must ask for what
// is kept, it does so through the small interfaces it declares.
//
// It also describes the audit log, in which stands who did what (audit.go).
//
// Start with Principal (principal.go) and Permission (permission.go).
package access
