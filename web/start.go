package web

import "net/http"

// startPage is what start.html shows.
type startPage struct {
	*page
	Demo bool
	// DemoJoin is the join page of the demo's shop, "" if it has none.
	DemoJoin string
}

// start answers with the plain page at /: what this is and where to go.
func (w *Web) start(r *request) error {
	data := startPage{page: r.newPage(r.T("start.title")), Demo: w.Demo != nil}
	if data.Demo && w.DemoSlug != "" {
		data.DemoJoin = "/join/" + w.DemoSlug
	}
	return r.render(http.StatusOK, "start", data)
}
