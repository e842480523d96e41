// Package typeid makes and checks the ids that Leima shows to the outside: a
// short prefix that names the kind of thing, an underscore, and a UUIDv7 in 26
// characters of lower-case base32, as in card_01h455vb4pex5vsknk084sn02q.
//
// The form is the TypeID specification 0.3 (github.com/jetify-com/typeid), the
// UUID that of RFC 9562 section 5.7: its first 48 bits are milliseconds, so ids
// made later sort later, which keeps database indexes compact.
//
// The package knows nothing of what the ids name. Start with New.
package typeid
