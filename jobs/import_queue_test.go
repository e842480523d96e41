package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/receipt/receipttest"
)

// heard is a log whose messages a test can wait for.
type heard struct{ messages chan string }

func newHeard() heard { return heard{make(chan string, 1000)} }

func (h heard) Enabled(context.Context, slog.Level) bool { return true }
func (h heard) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h heard) WithGroup(string) slog.Handler            { return h }

func (h heard) Handle(_ context.Context, r slog.Record) error {
	h.messages <- r.Message
	return nil
}

// patience is how long a test waits for something that should take a moment.
const patience = time.Minute

// await returns when the message was logged.
func (h heard) await(t *testing.T, message string) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case m := <-h.messages:
			if m == message {
				return
			}
		case <-timeout:
			t.Fatalf("%q was not logged within %s", message, patience)
		}
	}
}

func (s *shop) newQueue(t *testing.T, folder string, log heard) *jobs.ImportQueue {
	t.Helper()
	return jobs.NewImportQueue(jobs.ImportQueueConfig{
		Importer: s.importer(), Store: s, Folder: folder, Alone: true, Log: slog.New(log),
	})
}

// running runs the queue until the function it returns is called.
func running(t *testing.T, q *jobs.ImportQueue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		q.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

func mappingText(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "deploy", "maps", "retail-receipts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAnUploadIsImportedInTheBackground(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	folder, log := t.TempDir(), newHeard()
	q := s.newQueue(t, folder, log)
	data, _ := export(t, 11)
	queued, err := q.Start(t.Context(), s.org.ID, s.program.ID, "year.csv", mappingText(t), bytes.NewReader(data.CSV), false, access.Principal{})
	if err != nil {
		t.Fatal(err)
	}
	if queued.Status != customer.ImportQueued || queued.BytesTotal != int64(len(data.CSV)) {
		t.Errorf("the answer is %+v", queued)
	}
	running(t, q)
	log.await(t, "import ended")
	done, err := s.Import(t.Context(), s.org.ID, queued.ID)
	if err != nil {
		t.Fatal(err)
	}
	if done.Status != customer.ImportDone || done.Counts.Stamped != int64(len(data.Baskets)) {
		t.Errorf("the import ended %+v", done)
	}
	s.mustHold(t, s.program.ID, data.BasketsOf)
	if left := filesIn(t, folder); len(left) != 0 {
		t.Errorf("the upload was not removed: %v", left)
	}
}

func filesIn(t *testing.T, folder string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "imports", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// An upload outlives the process that took it over: queued, or stopped in the middle.
func TestTheNextProcessGoesOnWithUploads(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	folder := t.TempDir()
	data, _ := export(t, 12)
	first := s.newQueue(t, folder, newHeard()) // it never runs
	queued, err := first.Start(t.Context(), s.org.ID, s.program.ID, "year.csv", mappingText(t), bytes.NewReader(data.CSV), false, access.Principal{})
	if err != nil {
		t.Fatal(err)
	}
	// The second process dies after it has begun: its record says "running".
	cut, err := s.Import(t.Context(), s.org.ID, queued.ID)
	if err != nil {
		t.Fatal(err)
	}
	cut.Status, cut.StartedAt = customer.ImportRunning, s.now()
	if err := s.SaveImport(t.Context(), cut); err != nil {
		t.Fatal(err)
	}
	log := newHeard()
	running(t, s.newQueue(t, folder, log))
	log.await(t, "import ended")
	s.mustHold(t, s.program.ID, data.BasketsOf)
	done, err := s.Import(t.Context(), s.org.ID, queued.ID)
	if err != nil {
		t.Fatal(err)
	}
	if done.Status != customer.ImportDone {
		t.Errorf("the import ended %+v", done)
	}
}

// A run that went on lists each row that could not be used once.
func TestErrorsAreNotListedTwiceAfterARestart(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	folder := t.TempDir()
	text := receipttest.Header + "\n" + line("1", "40", "b1", "1.00", "never") + line("1", "40", "b2", "1.00", "soon")
	q := s.newQueue(t, folder, newHeard())
	queued, err := q.Start(t.Context(), s.org.ID, s.program.ID, "r.csv", mappingText(t), strings.NewReader(text), false, access.Principal{})
	if err != nil {
		t.Fatal(err)
	}
	cut := queued
	cut.Status, cut.StartedAt = customer.ImportStopped, s.now()
	kept := []customer.ImportError{{Row: 2, Column: "transaction_timestamp", Value: "never", Reason: "is not a time"}}
	if err := errors.Join(s.SaveImport(t.Context(), cut), s.AddImportErrors(t.Context(), s.org.ID, queued.ID, kept)); err != nil {
		t.Fatal(err)
	}
	log := newHeard()
	running(t, s.newQueue(t, folder, log))
	log.await(t, "import ended")
	list, err := s.ImportErrors(t.Context(), s.org.ID, queued.ID, paging.Page{})
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, e := range list.Items {
		values = append(values, e.Value)
	}
	if diff := cmp.Diff([]string{"never", "soon"}, values); diff != "" {
		t.Errorf("the errors (-want +have):\n%s", diff)
	}
}

// A run whose process died and whose file is not here is marked, so that nobody waits
// for it.
func TestARunThatWasCutOffIsMarked(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	run := s.newRun(t, s.program.ID)
	folder, log := t.TempDir(), newHeard()
	q := s.newQueue(t, folder, log)
	stop := running(t, q)
	// The queue takes up what was before it imports anything.
	if _, err := q.Start(t.Context(), s.org.ID, s.program.ID, "r.csv", mappingText(t),
		strings.NewReader(receipttest.Header+"\n"+line("1", "40", "b1", "1.00", "2026-01-02T10:00:00Z")), true, access.Principal{}); err != nil {
		t.Fatal(err)
	}
	log.await(t, "import ended")
	stop()
	marked, err := s.Import(t.Context(), s.org.ID, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	if marked.Status != customer.ImportStopped || marked.ProblemCode != customer.ImportCutOff || marked.Problem == "" {
		t.Errorf("the run is %+v, want it stopped", marked)
	}
}

func TestUploadsThatCannotBeUsedAreRefusedAtOnce(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	folder := t.TempDir()
	q := s.newQueue(t, folder, newHeard())
	good := receipttest.Header + "\n" + line("1", "40", "b1", "1.00", "2026-01-02T10:00:00Z")
	for name, c := range map[string]struct {
		file, text, mapping, field string
	}{
		"a mapping that is none":    {"r.csv", good, "columns: 3", "mapping"},
		"a mapping that is no YAML": {"r.csv", good, "{{{", "mapping"},
		"an empty file":             {"r.csv", "", string(mappingText(t)), "file"},
		"another file":              {"r.csv", "a;b\n1;2\n", string(mappingText(t)), "file"},
		"no file name":              {"\x00", good, string(mappingText(t)), "file"},
	} {
		_, err := q.Start(t.Context(), s.org.ID, s.program.ID, c.file, []byte(c.mapping), strings.NewReader(c.text), false, access.Principal{})
		var invalid *organization.InvalidFieldError
		if !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v, want an error of the field %q", name, err, c.field)
		}
	}
	list, err := s.Imports(t.Context(), s.org.ID, paging.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if left := filesIn(t, folder); len(list.Items) != 0 || len(left) != 0 {
		t.Errorf("%d records and the files %v were left", len(list.Items), left)
	}
}

func TestAFullQueueSaysSo(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	q := s.newQueue(t, t.TempDir(), newHeard())
	text := receipttest.Header + "\n" + line("1", "40", "b1", "1.00", "2026-01-02T10:00:00Z")
	start := func() error {
		_, err := q.Start(t.Context(), s.org.ID, s.program.ID, "r.csv", mappingText(t), strings.NewReader(text), false, access.Principal{})
		return err
	}
	for i := range jobs.MaxQueuedImports {
		if err := start(); err != nil {
			t.Fatalf("upload %d: %v", i, err)
		}
	}
	var invalid *organization.InvalidFieldError
	if err := start(); !errors.As(err, &invalid) {
		t.Errorf("one too many: %v, want an InvalidFieldError", err)
	}
}

// TestAStoppedUploadIsNotTakenUpAgain stops one that waits, and starts the next process.
func TestAStoppedUploadIsNotTakenUpAgain(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	folder, log := t.TempDir(), newHeard()
	q := s.newQueue(t, folder, log)
	data, _ := export(t, 11)
	start := func() customer.Import {
		t.Helper()
		queued, err := q.Start(t.Context(), s.org.ID, s.program.ID, "year.csv", mappingText(t), bytes.NewReader(data.CSV), false, access.Principal{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.StopImport(t.Context(), s.org.ID, queued.ID, s.now()); err != nil {
			t.Fatal(err)
		}
		return queued
	}
	queued := start()
	stop := running(t, q)
	log.await(t, "import ended")
	stop()
	run, err := s.Import(t.Context(), s.org.ID, queued.ID)
	if err != nil || run.Status != customer.ImportStopped || run.Counts.Stamped != 0 {
		t.Errorf("have %+v, %v", run, err)
	}
	if left := filesIn(t, folder); len(left) != 0 {
		t.Errorf("the upload was not removed: %v", left)
	}

	// The process ended after it had written that down and before it removed the file.
	queued = start()
	queued.Status, queued.StopAskedAt = customer.ImportStopped, s.now()
	if err := s.SaveImport(t.Context(), queued); err != nil {
		t.Fatal(err)
	}
	next := s.newQueue(t, folder, log)
	after := start()
	q = next
	running(t, next)
	log.await(t, "import ended") // the one that was stopped and not ended
	run, err = s.Import(t.Context(), s.org.ID, after.ID)
	if err != nil || run.Status != customer.ImportStopped {
		t.Errorf("have %+v, %v", run, err)
	}
	if left := filesIn(t, folder); len(left) != 0 {
		t.Errorf("the uploads were not removed: %v", left)
	}
}
