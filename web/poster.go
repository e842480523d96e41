package web

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"
)

// posterPage is what poster.html shows: one A4 page to print.
type posterPage struct {
	*page
	Promise  promise
	Headline string
	Reward   string
	QR       qr
	// Size is the class that makes the words small enough for the page.
	Size string
	// Address is the join page's, without the scheme, as people type it.
	Address string
}

func (w *Web) poster(r *request) error {
	p, err := w.joinable(r)
	if errors.Is(err, errNotJoinable) {
		return r.noProgram(http.StatusGone)
	}
	if err != nil {
		return err
	}
	code, err := newQR(w.BaseURL + r.joinPath(p.ID))
	if err != nil {
		return err
	}
	data := posterPage{
		page: r.newPage(r.T("poster.title", "shop", r.org.Name)), Promise: r.promiseOf(p),
		Headline: r.N("poster.headline", p.Goal), Reward: r.words(p.Main().Name), QR: code,
		// The short address leads to the same page as long as there is one program.
		Address: strings.TrimPrefix(strings.TrimPrefix(w.BaseURL, "https://"), "http://") + "/join/" + r.org.Slug,
	}
	data.Size = posterSize(data.Reward)
	data.Wide = true
	return r.render(http.StatusOK, "poster", data)
}

// posterSize chooses how large the reward is written, by its length in characters.
func posterSize(reward string) string {
	const long, longer = 32, 75
	switch n := utf8.RuneCountInString(reward); {
	case n > longer:
		return "longer"
	case n > long:
		return "long"
	}
	return ""
}
