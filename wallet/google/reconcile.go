package google

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"
)

const (
	// PageSize is how many objects one page of Google's list has at most.
	PageSize = 100
	// maxPages bounds one call of Reconcile, whatever it is asked for: with PageSize,
	// a million objects.
	maxPages = 10_000
)

// Page is a part of what Google has of a class.
type Page struct {
	Objects []LoyaltyObject
	Next    string // of the page after it; empty for the last one
}

// Objects returns a page of the objects of a class, PageSize at most, in Google's
// order. An empty token is for the first page.
func (c *Client) Objects(ctx context.Context, classID, token string) (Page, error) {
	if err := checkID("classId", classID); err != nil {
		return Page{}, err
	}
	query := url.Values{"classId": {classID}, "maxResults": {strconv.Itoa(PageSize)}}
	if token != "" {
		query.Set("token", token)
	}
	var answer struct {
		Resources  []LoyaltyObject `json:"resources"`
		Pagination struct {
			Next string `json:"nextPageToken"`
		} `json:"pagination"`
	}
	err := c.call(ctx, request{method: http.MethodGet, path: objectPath + "?" + query.Encode()}, &answer)
	return Page{Objects: answer.Resources, Next: answer.Pagination.Next}, err
}

// Wallet is Google as Reconcile needs it; a Client is one.
type Wallet interface {
	Objects(ctx context.Context, classID, token string) (Page, error)
	UpsertBatch(ctx context.Context, objects []LoyaltyObject) ([]error, error)
}

// Books is what should be at Google, as the caller knows it.
type Books interface {
	// Wanted returns what should be there of the given ids, up to PageSize. Ids that
	// are not in the answer are unknown.
	Wanted(ctx context.Context, ids []string) (map[string]LoyaltyObject, error)
	// Found is told what is there, a page at a time: who has the card in the wallet
	// is true here and best effort in callbacks. It may be told the same again.
	Found(ctx context.Context, at time.Time, found []Found) error
	// Missing returns up to limit objects of the class, in order of id and after the
	// given one, that should be there and that Found was not told of since an instant.
	Missing(ctx context.Context, classID string, since time.Time, after string, limit int) ([]LoyaltyObject, error)
}

// Found is one object at Google.
type Found struct {
	ID       string
	HasUsers bool // somebody has it in the wallet
	Known    bool // to Books
}

// Run is one comparison of a class; keep it to go on where it stopped. The zero value
// with ClassID and Began begins one.
type Run struct {
	ClassID string
	Began   time.Time
	Token   string // of the page to read next
	After   string // id of the last missing object that was looked at
	Listed  bool   // all of Google's pages were read
	Done    bool
	Report  Report
}

// Report counts what a comparison saw and did so far.
type Report struct {
	Seen     int // objects at Google
	Unknown  int // of them, nothing we know of: made INACTIVE
	Differed int // of them, not as they should be: put right
	Missing  int // objects that Google had not: made
	Failed   int // objects that could not be put right; the next run tries again
}

// Reconcile compares what Google has of a class with what it should have, and puts it
// right silently, since callbacks and updates get lost. It reads at most pages pages and
// returns the run, to be kept and handed in again until it is Done. A run that was
// interrupted by an error can be handed in again, too: nothing is done twice that matters.
func Reconcile(ctx context.Context, w Wallet, b Books, run Run, pages int) (Run, error) {
	for range min(pages, maxPages) {
		if run.Done {
			break
		}
		step := missingStep
		if !run.Listed {
			step = listedStep
		}
		next, err := step(ctx, w, b, run)
		if err != nil {
			return run, fmt.Errorf("google wallet: compare %s: %w", run.ClassID, err)
		}
		run = next
	}
	return run, nil
}

// listedStep compares one page of Google's list.
func listedStep(ctx context.Context, w Wallet, b Books, run Run) (Run, error) {
	page, err := w.Objects(ctx, run.ClassID, run.Token)
	if err != nil {
		return run, err
	}
	ids := make([]string, 0, len(page.Objects))
	for _, object := range page.Objects {
		ids = append(ids, object.ID)
	}
	wanted, err := b.Wanted(ctx, ids)
	if err != nil {
		return run, err
	}
	var right []LoyaltyObject
	found := make([]Found, 0, len(page.Objects))
	for _, have := range page.Objects {
		want, known := wanted[have.ID]
		found = append(found, Found{ID: have.ID, HasUsers: have.HasUsers, Known: known})
		switch {
		case !known && have.State != StateInactive:
			run.Report.Unknown++
			right = append(right, LoyaltyObject{ID: have.ID, ClassID: have.ClassID, State: StateInactive})
		case known && Differs(want, have):
			run.Report.Differed++
			right = append(right, want)
		}
	}
	run.Report.Seen += len(page.Objects)
	if err := b.Found(ctx, run.Began, found); err != nil {
		return run, err
	}
	failed, err := putRight(ctx, w, right)
	run.Report.Failed += failed
	if err != nil {
		return run, err
	}
	run.Token, run.Listed = page.Next, page.Next == ""
	return run, nil
}

// missingStep makes one page of what Google had not.
func missingStep(ctx context.Context, w Wallet, b Books, run Run) (Run, error) {
	missing, err := b.Missing(ctx, run.ClassID, run.Began, run.After, PageSize)
	if err != nil {
		return run, err
	}
	if len(missing) == 0 {
		run.Done = true
		return run, nil
	}
	failed, err := putRight(ctx, w, missing)
	if err != nil {
		return run, err
	}
	run.Report.Failed += failed
	run.Report.Missing += len(missing)
	run.After = missing[len(missing)-1].ID
	return run, nil
}

// putRight sends objects in batches and returns how many Google did not take.
func putRight(ctx context.Context, w Wallet, objects []LoyaltyObject) (failed int, err error) {
	for len(objects) > 0 {
		batch := objects[:min(len(objects), MaxBatch)]
		results, err := w.UpsertBatch(ctx, batch)
		if err != nil {
			return failed, err
		}
		for _, result := range results {
			if result != nil {
				failed++
			}
		}
		objects = objects[len(batch):]
	}
	return failed, nil
}

// Differs tells whether what Google has is not what it would have after an update.
// Messages, which are sent one by one, and keys of rotating codes, which Google need
// not show, are not compared.
func Differs(want, have LoyaltyObject) bool {
	return !reflect.DeepEqual(asSent(want), asSent(have))
}

// asSent returns the fields of an object that an update sets, as JSON has them.
func asSent(o LoyaltyObject) map[string]any {
	o = o.prepared()
	o.Messages = nil
	if o.RotatingBarcode != nil {
		barcode := *o.RotatingBarcode
		barcode.TOTPDetails.Parameters = nil
		o.RotatingBarcode = &barcode
	}
	fields := map[string]any{}
	body, err := o.insertBody()
	if err == nil {
		err = json.Unmarshal(body, &fields)
	}
	if err != nil {
		return map[string]any{"unreadable": o.ID} // differs from everything that can be read
	}
	return fields
}
