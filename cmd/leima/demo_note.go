package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/leima/leima/paging"
)

// firstOne is a page with room for one.
var firstOne = paging.Page{Limit: 1}

// demoNote is demo.json: what a script needs to try the demo that is running. It
// holds secrets of the demo, so only its user can read it.
type demoNote struct {
	BaseURL        string `json:"base_url"`
	OrgID          string `json:"org_id"`
	Slug           string `json:"slug"`
	ProgramID      string `json:"program_id"`
	LocationID     string `json:"location_id"`
	APIKey         string `json:"api_key"`
	JoinURL        string `json:"join_url"`
	CardURL        string `json:"card_url"`
	TillURL        string `json:"till_url"`
	PosterURL      string `json:"poster_url"`
	StaffURL       string `json:"staff_url"`
	CardID         string `json:"card_id"`
	CardCode       string `json:"card_code"`
	CustomerNumber string `json:"customer_number"`
	PIN            string `json:"pin"`
	TillToken      string `json:"till_token"`
	PID            int    `json:"pid"`
	StartedAt      string `json:"started_at"`
}

const (
	// demoNoteName is there while the demo answers; lastNoteName is what it was when
	// the demo ran last.
	demoNoteName = "demo.json"
	lastNoteName = "demo.last.json"
	// demoNoteMode: it holds an API key.
	demoNoteMode = 0o600
)

func demoNotePath(data string) string { return filepath.Join(data, demoNoteName) }

// demoNotes are the two files. A script that waits for demo.json must never see that
// of a demo that has ended, so it is moved aside at the start and at the end.
type demoNotes struct {
	data string
	// last is the note of the run before, empty if there was none.
	last demoNote
}

// openDemoNotes reads what the run before left and moves it aside.
func openDemoNotes(data string) (*demoNotes, error) {
	n := &demoNotes{data: data}
	if err := n.withdraw(); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(data, lastNoteName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return n, nil
	case err != nil:
		return nil, failf("%s cannot be read: %w", lastNoteName, err)
	}
	if err := json.Unmarshal(b, &n.last); err != nil {
		// What it says can be made again.
		n.last = demoNote{}
	}
	return n, nil
}

// publish writes demo.json in one step: whoever sees it sees all of it.
func (n *demoNotes) publish(note demoNote) error {
	b, err := json.MarshalIndent(note, "", "  ") //nolint:gosec // the key is for whoever runs the demo
	if err != nil {
		return fmt.Errorf("write %s: %w", demoNoteName, err)
	}
	path := demoNotePath(n.data)
	if err := os.WriteFile(path+".new", append(b, '\n'), demoNoteMode); err != nil {
		return failf("%s cannot be written: %w", demoNoteName, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return failf("%s cannot be written: %w", demoNoteName, err)
	}
	return nil
}

// withdraw moves demo.json aside, if it is there.
func (n *demoNotes) withdraw() error {
	err := os.Rename(demoNotePath(n.data), filepath.Join(n.data, lastNoteName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failf("%s cannot be moved aside: %w", demoNoteName, err)
	}
	return nil
}
