package web

import "net/http"

// startPage is what start.html shows.
type startPage struct {
	*page
	Demo bool
}

// start answers with the plain page at /: what this is and where to go.
func (w *Web) start(r *request) error {
	return r.render(http.StatusOK, "start", startPage{page: r.newPage(r.T("start.title")), Demo: w.Demo != nil})
}
