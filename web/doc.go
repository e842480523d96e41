// Package web makes Leima's pages: for customers (join, card, poster, confirm), for
// the till and for whoever runs the shop.
//
// Pages are made on the server with html/template and work without scripts, except
// the till. What moves on them is done by small scripts in assets/: plain ES modules
// written by hand, delivered as they are, with types in JSDoc that `tsc --checkJs`
// checks (assets/jsconfig.json), so that running Leima needs no Node. There is no
// inline script or style anywhere, which the Content-Security-Policy enforces.
//
// One file per page: a handler finds out who is asking, makes one or two calls and
// fills a template. Everything a page says comes from package locale.
//
// The package must not know SQL, the API or package hot: the database and the
// channel that tells of changed cards come in through the interfaces in
// dependencies.go. Echo's types stay inside.
//
// Start with Dependencies (dependencies.go) and Register (web.go), then read a page,
// for example join.go; request.go is what all pages share and security.go what
// protects them.
package web
