// Package web makes Leima's pages: for customers (join, card, poster, confirm) and for
// whoever runs the shop; and it serves the apps, the till and the console.
//
// Pages are made on the server with html/template and work without scripts. What moves
// on them is done by small scripts in assets/: plain ES modules written by hand,
// delivered as they are, with types in JSDoc that `tsc --checkJs` checks
// (assets/jsconfig.json). There is no inline script or style anywhere, which the
// Content-Security-Policy enforces.
//
// The apps are built from app/ into dist/apps, which is embedded (apps.go); without
// them the package builds all the same, and their addresses say that they are missing.
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
