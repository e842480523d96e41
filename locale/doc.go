// Package locale holds the texts of Leima in every language that it speaks, with
// the plural forms and the ways of writing dates and numbers of each.
//
// The texts stand in catalog/, one file per language, in the TOML form of
// go-i18n. English is the reference: every other catalog has the same keys, the
// plural forms that CLDR demands for its language and the same placeholders, which
// a test checks. To add a text, add its key to all of them.
//
// The package knows nothing else of Leima: what a text is for, its key says. Start
// with For, which returns the Localizer of a language, and Match, which finds out
// what language a browser asks for.
package locale
