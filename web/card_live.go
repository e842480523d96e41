package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/paging"
)

// Limits of streams. A browser that gets none asks for the page now and then
// instead, so a limit costs freshness only.
const (
	maxStreams        = 1000
	maxStreamsPerCard = 4
	// streamLife ends a stream; the browser opens another by itself. It bounds what
	// is lost on a connection that died without saying so.
	streamLife = 30 * time.Minute
	// streamWrite is how long one message may take to be written.
	streamWrite = 10 * time.Second
	// retryStream is after how long a browser tries again, in seconds.
	retryStream = 10
)

// pace is how often a stream does what nobody asked for.
type pace struct {
	// recheck finds changes that another process made and that Live did not tell.
	recheck time.Duration
	// heartbeat keeps connections open that carry nothing.
	heartbeat time.Duration
}

var usualPace = pace{recheck: 2 * time.Second, heartbeat: 15 * time.Second}

// streams counts the open streams.
type streams struct {
	mu     sync.Mutex
	total  int
	byCard map[string]int
}

func newStreams() *streams { return &streams{byCard: map[string]int{}} }

// enter counts one more stream of the card, or answers false when there are too
// many. The function it returns counts it off again.
func (s *streams) enter(cardID string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total >= maxStreams || s.byCard[cardID] >= maxStreamsPerCard {
		return nil, false
	}
	s.total++
	s.byCard[cardID]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.total--
		if s.byCard[cardID]--; s.byCard[cardID] == 0 {
			delete(s.byCard, cardID)
		}
	}, true
}

// cardEvents sends the face of the card whenever it changes, as server-sent events
// (HTML standard, 9.2). The parameter state is what the page shows now.
func (w *Web) cardEvents(r *request) error {
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	leave, ok := w.streams.enter(view.Card.ID)
	if !ok {
		r.Response().Header().Set("Retry-After", strconv.Itoa(retryStream))
		r.noStore()
		return r.noContent(http.StatusServiceUnavailable)
	}
	defer leave()
	ctx, cancel := context.WithTimeout(r.ctx(), streamLife)
	defer cancel()
	stop := context.AfterFunc(w.closing, cancel)
	defer stop()

	s := stream{r: r, shown: r.QueryParam("state"), control: http.NewResponseController(r.Response())}
	if err := s.open(); err != nil {
		return err
	}
	return s.follow(ctx, w.Live.Subscribe(ctx, CardTopic(r.org.ID, view.Card.ID)))
}

// stream is one open page.
type stream struct {
	r *request
	// shown is the state of the card that the page shows.
	shown   string
	control *http.ResponseController
}

func (s *stream) open() error {
	h := s.r.Response().Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	s.r.Response().WriteHeader(http.StatusOK)
	return s.write(fmt.Sprintf("retry: %d000\n\n", retryStream))
}

// follow sends a change at once when it is told of one, and looks by itself now and
// then. Every turn waits for one of its channels, and it ends with the context.
func (s *stream) follow(ctx context.Context, changed <-chan struct{}) error {
	recheck := time.NewTicker(s.r.web.pace.recheck)
	defer recheck.Stop()
	heartbeat := time.NewTicker(s.r.web.pace.heartbeat)
	defer heartbeat.Stop()
	for {
		// The first look is after the subscription, so that nothing falls between.
		if gone, err := s.sendIfChanged(); gone || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-recheck.C:
		case <-heartbeat.C:
			if err := s.write(": still here\n\n"); err != nil {
				return err
			}
		}
	}
}

// sendIfChanged reads the card and sends its face if it is another one. It answers
// true when there is no card any more.
func (s *stream) sendIfChanged() (gone bool, err error) {
	view, err := s.r.web.findCard(s.r)
	if errors.Is(err, errNotHere) {
		return true, s.write("event: gone\ndata: {}\n\n")
	}
	if err != nil {
		return false, err
	}
	if stateOf(view) == s.shown {
		return false, nil
	}
	if err := s.sendFace(view); err != nil {
		return false, err
	}
	s.shown = stateOf(view)
	return false, nil
}

func (s *stream) sendFace(view customer.View) error {
	face, err := s.r.web.face(s.r, view, paging.Page{Limit: historyPage})
	if err != nil {
		return err
	}
	html, err := s.r.web.fill("card", "face", face)
	if err != nil {
		return err
	}
	data, err := json.Marshal(map[string]string{"state": face.State, "html": string(html)})
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return s.write("event: card\ndata: " + string(data) + "\n\n")
}

func (s *stream) write(text string) error {
	// A server with a time limit for whole answers would cut the stream off. Writers
	// that know no deadlines have none to extend.
	if err := s.control.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("write event: %w", err)
	}
	if _, err := s.r.Response().Write([]byte(text)); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if err := s.control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("write event: %w", err)
	}
	return nil
}
