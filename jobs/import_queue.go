package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/receipt"
	"github.com/leima/leima/typeid"
)

// Limits of the queue.
const (
	// MaxQueuedImports is how many imports may wait; one runs at a time, so that the
	// tills always find the database free between two batches.
	MaxQueuedImports = 16
	// MaxUploadBytes is the largest file that is taken over.
	MaxUploadBytes = 64 << 20
	// maxRecovered bounds the runs that are looked at after a start, for each
	// organization.
	maxRecovered = paging.MaxLimit
)

// ImportQueueStore is what the queue needs besides its Importer.
type ImportQueueStore interface {
	Organizations(ctx context.Context) ([]organization.Organization, error)
	CreateImport(ctx context.Context, i customer.Import) error
	SaveImport(ctx context.Context, i customer.Import) error
	// Import returns organization.ErrNotFound if there is none.
	Import(ctx context.Context, orgID, id string) (customer.Import, error)
	Imports(ctx context.Context, orgID string, p paging.Page) (paging.List[customer.Import], error)
}

// ImportQueueConfig is what a queue is made of.
type ImportQueueConfig struct {
	Importer Importer
	Store    ImportQueueStore
	// Folder is where uploads wait, in a folder of their own.
	Folder string
	// Alone tells that no other server uses the database: then a run that is neither
	// here nor finished was cut off, and is marked so.
	Alone bool
	Log   *slog.Logger
}

// ImportQueue takes uploaded files over and imports them one after the other. What
// was uploaded survives the process: the next one goes on with it.
type ImportQueue struct {
	ImportQueueConfig
	spool spool
	// places holds one token for each import that waits or runs.
	places  chan struct{}
	waiting chan queuedImport
	// taken holds the ids of imports that this process took over: they are not what an
	// earlier one left.
	taken sync.Map
}

// queuedImport is an import whose file is in the spool.
type queuedImport struct {
	run     customer.Import
	mapping *receipt.Mapping
	path    string
}

// NewImportQueue returns a queue; its Run does the work.
func NewImportQueue(c ImportQueueConfig) *ImportQueue {
	return &ImportQueue{
		ImportQueueConfig: c, spool: spool{folder: filepath.Join(c.Folder, "imports")},
		places: make(chan struct{}, MaxQueuedImports), waiting: make(chan queuedImport, MaxQueuedImports),
	}
}

// Start takes the file over, which it has read when it returns, and queues it. A
// mapping or file that cannot be used, and a queue that is full, is an
// *organization.InvalidFieldError for the field "mapping" or "file".
func (q *ImportQueue) Start(
	ctx context.Context, orgID, programID, fileName string, mapping []byte, file io.Reader, dryRun bool, by access.Principal,
) (customer.Import, error) {
	m, err := receipt.ParseMapping(mapping)
	if err != nil {
		return customer.Import{}, badMapping(err)
	}
	if err := organization.CheckLine("file", filepath.Base(fileName), organization.MaxNameLen, true); err != nil {
		return customer.Import{}, fmt.Errorf("file name: %w", err)
	}
	select {
	case q.places <- struct{}{}:
	default:
		return customer.Import{}, &organization.InvalidFieldError{
			Field: "file", Reason: fmt.Sprintf("%d imports are waiting already; send it again when one has finished", MaxQueuedImports),
			Code: "queue_full", Params: map[string]string{"max": strconv.Itoa(MaxQueuedImports)},
		}
	}
	run := customer.Import{
		OrgID: orgID, ID: typeid.New("imp"), ProgramID: programID, FileName: filepath.Base(fileName), DryRun: dryRun,
		Status: customer.ImportQueued, CreatedAt: q.Importer.Now(),
	}
	q.taken.Store(run.ID, true)
	queued, err := q.accept(ctx, run, m, mapping, file)
	if err != nil {
		<-q.places
		return customer.Import{}, errors.Join(err, q.spool.remove(run.ID))
	}
	q.Log.LogAttrs(ctx, slog.LevelInfo, "import queued", slog.String("org", orgID), slog.String("import", run.ID),
		slog.String("principal", string(by.Kind)), slog.String("by", by.ID))
	q.waiting <- queued // there is a place
	return queued.run, nil
}

// badMapping tells which line of a mapping cannot be used.
func badMapping(err error) error {
	line := 0
	var wrong *receipt.MappingError
	if errors.As(err, &wrong) {
		line = wrong.Line
	}
	return &organization.InvalidFieldError{Field: "mapping", Code: "mapping", Params: map[string]string{"line": strconv.Itoa(line)}, Reason: err.Error()}
}

// accept keeps the file, looks whether it can be read, and makes the record.
func (q *ImportQueue) accept(
	ctx context.Context, run customer.Import, m *receipt.Mapping, mapping []byte, file io.Reader,
) (queuedImport, error) {
	path, size, err := q.spool.keep(run, mapping, file)
	if err != nil {
		return queuedImport{}, err
	}
	run.BytesTotal = size
	reader, err := receipt.Open(ctx, path, m)
	var unusable *receipt.FileError
	switch {
	case errors.As(err, &unusable):
		return queuedImport{}, &organization.InvalidFieldError{Field: "file", Code: "file_unusable", Reason: unusable.Error()}
	case err != nil:
		return queuedImport{}, fmt.Errorf("look at the file: %w", err)
	}
	if err := reader.Close(); err != nil {
		return queuedImport{}, fmt.Errorf("look at the file: %w", err)
	}
	if err := q.Store.CreateImport(ctx, run); err != nil {
		return queuedImport{}, fmt.Errorf("keep the import: %w", err)
	}
	return queuedImport{run: run, mapping: m, path: path}, nil
}

// Run goes on with what an earlier process left and then imports what is queued,
// until the context ends. An import under way stops between two batches; the next
// process goes on with it.
func (q *ImportQueue) Run(ctx context.Context) {
	if err := q.recover(ctx); err != nil && ctx.Err() == nil {
		q.Log.LogAttrs(ctx, slog.LevelError, "imports of before were not taken up", slog.Any("error", err))
	}
	for {
		select {
		case <-ctx.Done():
			return
		case next := <-q.waiting:
			q.work(ctx, next)
			<-q.places
		}
	}
}

func (q *ImportQueue) work(ctx context.Context, next queuedImport) {
	attrs := []slog.Attr{slog.String("org", next.run.OrgID), slog.String("import", next.run.ID)}
	done, err := q.runOnce(ctx, next)
	attrs = append(attrs, slog.String("status", string(done.Status)), slog.Int64("rows", done.Counts.Rows),
		slog.Int64("stamped", done.Counts.Stamped), slog.Int64("row_errors", done.Counts.RowErrors))
	if errors.Is(err, ErrStopped) {
		q.Log.LogAttrs(ctx, slog.LevelInfo, "import stopped, the next start goes on with it", attrs...)
		return
	}
	level := slog.LevelInfo
	if err != nil && !errors.Is(err, ErrStoppedByHand) {
		level, attrs = slog.LevelError, append(attrs, slog.Any("error", err))
	}
	if err := q.spool.remove(next.run.ID); err != nil {
		q.Log.LogAttrs(ctx, slog.LevelWarn, "upload not removed", slog.Any("error", err))
	}
	q.Log.LogAttrs(ctx, level, "import ended", attrs...)
}

// runOnce turns a panic into a failed import: a file from outside must not end the
// server.
func (q *ImportQueue) runOnce(ctx context.Context, next queuedImport) (done customer.Import, err error) {
	defer func() {
		if p := recover(); p != nil {
			done = next.run
			done.Status, done.FinishedAt = customer.ImportFailed, q.Importer.Now()
			done.ProblemCode, done.Problem = problemOf(nil)
			err = errors.Join(fmt.Errorf("panic: %v", p), q.Store.SaveImport(ctx, done))
		}
	}()
	return q.Importer.Run(ctx, next.run, ReceiptFile{Path: next.path, Mapping: next.mapping})
}

// recover queues the uploads that are in the spool, and marks runs that were cut off
// and whose file is not here.
func (q *ImportQueue) recover(ctx context.Context) error {
	kept, err := q.spool.list(MaxQueuedImports)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, k := range kept {
		here[k.ImportID] = true
		if _, taken := q.taken.Load(k.ImportID); taken {
			continue
		}
		if err := q.takeUp(ctx, k); err != nil {
			return fmt.Errorf("take up import %s: %w", k.ImportID, err)
		}
	}
	if !q.Alone {
		return nil
	}
	organizations, err := q.Store.Organizations(ctx)
	if err != nil {
		return fmt.Errorf("read organizations: %w", err)
	}
	for _, o := range organizations {
		if err := q.markCutOff(ctx, o.ID, here); err != nil {
			return err
		}
	}
	return nil
}

// takeUp queues an upload again unless its import has ended.
func (q *ImportQueue) takeUp(ctx context.Context, k keptUpload) error {
	run, err := q.Store.Import(ctx, k.OrgID, k.ImportID)
	// What a process was cut off from goes on; what somebody stopped does not.
	ended := run.Status == customer.ImportDone || run.Status == customer.ImportFailed ||
		run.Status == customer.ImportStopped && run.StopAskedAt != 0
	if errors.Is(err, organization.ErrNotFound) || err == nil && ended {
		return q.spool.remove(k.ImportID)
	}
	if err != nil {
		return fmt.Errorf("read the import: %w", err)
	}
	mapping, path, err := q.spool.open(k)
	if err != nil {
		return err
	}
	select {
	case q.places <- struct{}{}:
		q.waiting <- queuedImport{run: run, mapping: mapping, path: path}
	default: // uploads of this process were faster; the next start takes it up
	}
	return nil
}

func (q *ImportQueue) markCutOff(ctx context.Context, orgID string, here map[string]bool) error {
	list, err := q.Store.Imports(ctx, orgID, paging.Page{Limit: maxRecovered})
	if err != nil {
		return fmt.Errorf("read imports: %w", err)
	}
	for _, run := range list.Items {
		if _, taken := q.taken.Load(run.ID); taken || here[run.ID] || run.Status != customer.ImportQueued && run.Status != customer.ImportRunning {
			continue
		}
		run.Status, run.ProblemCode, run.Problem, run.FinishedAt = customer.ImportStopped, customer.ImportCutOff, problemStopped, q.Importer.Now()
		if err := q.Store.SaveImport(ctx, run); err != nil {
			return fmt.Errorf("mark import %s: %w", run.ID, err)
		}
	}
	return nil
}
