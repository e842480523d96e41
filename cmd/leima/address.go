package main

import (
	"net/url"
	"strings"
)

// hidden stands where a secret is not shown.
const hidden = "xxxxx"

// maskAddress returns the address of a database or Redis as it may be shown: without its
// password. What was not written as an address should be is not guessed at. Everything
// before the last @ may belong to the password, and where parameters follow, an @ may
// stand in one of them, so then nothing is shown but how the address begins.
func maskAddress(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return hidden
	}
	at := strings.LastIndex(rest, "@")
	if at < 0 {
		return maskParameters(address, scheme)
	}
	account, where := rest[:at], rest[at+1:]
	user, _, hasPassword := strings.Cut(account, ":")
	switch unclear := strings.ContainsAny(account, "/?#@"); {
	case unclear && strings.Contains(rest, "?"):
		return scheme + "://" + hidden
	case unclear && (!hasPassword || strings.ContainsAny(user, "/?#@")):
		return scheme + "://" + hidden + "@" + where
	case hasPassword:
		return maskParameters(scheme+"://"+user+":"+hidden+"@"+where, scheme)
	}
	return maskParameters(address, scheme)
}

// maskParameters hides secrets among the parameters of an address, whose password, if it
// has one, is hidden already.
func maskParameters(address, scheme string) string {
	before, query, asked := strings.Cut(address, "?")
	if !asked {
		if _, err := url.Parse(address); err != nil && !strings.Contains(address, "@") {
			return scheme + "://" + hidden // perhaps a password without a host after it
		}
		return address
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return before + "?" + hidden
	}
	for name := range values {
		if lower := strings.ToLower(name); strings.Contains(lower, "pass") || strings.Contains(lower, "secret") {
			values.Set(name, hidden)
		}
	}
	return before + "?" + values.Encode()
}
