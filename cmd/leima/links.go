package main

import (
	"net"
	"net/url"

	"github.com/leima/leima/access"
)

// links are the addresses of pages, as people get them. The paths are those that
// web.Register serves.
type links struct{ base string }

// links returns the addresses under --base-url or, without one, under --addr.
func (sh *shell) links() links {
	if sh.settings.BaseURL != "" {
		return links{sh.settings.BaseURL}
	}
	return links{"http://" + reachable(sh.settings.Addr)}
}

// reachable turns an address to listen on into one to connect to: every network
// includes this machine.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func (l links) path(parts ...string) string {
	u := l.base
	for _, p := range parts {
		u += "/" + url.PathEscape(p)
	}
	return u
}

func (l links) join(slug, programID string) string   { return l.path("join", slug, programID) }
func (l links) poster(slug, programID string) string { return l.path("poster", slug, programID) }
func (l links) card(slug, link string) string        { return l.path("card", slug, link) }
func (l links) till() string                         { return l.path("till") }
func (l links) demoTill() string                     { return l.path("demo", "till") }
func (l links) demoStaff() string                    { return l.path("demo", "staff") }

// signIn and confirm carry the slug beside the token, which says the same.
func (l links) signIn(token string) string { return l.secret("signin", access.TokenSignIn, token) }

func (l links) confirm(token string) string {
	return l.secret("confirm", access.TokenConfirmation, token)
}

func (l links) secret(page string, kind access.TokenKind, token string) string {
	slug, _ := access.TokenSlug(kind, token) // made here, so it is well formed
	return l.path(page, slug, token)
}
