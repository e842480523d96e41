package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/receipt"
)

// Limits of an import.
const (
	// MaxImportRefs is the most references that are resolved by one call.
	MaxImportRefs = 500
	// importErrorBatch is how many errors are kept by one call.
	importErrorBatch = 500
	// batchesPerSave is how often the record of a run is brought up to date.
	batchesPerSave = 8
	// rowsPerProgress is how often reading is reported.
	rowsPerProgress = 2_000
	// finishLimit bounds writing down how a run ended, also one that was stopped.
	finishLimit = 15 * time.Second
)

// ErrStopped is answered by a run whose context ended. What was entered stays;
// running the same file again goes on from there.
var ErrStopped = errors.New("the import was stopped")

// ImportStore is what an import needs. All of it is safe to ask again.
type ImportStore interface {
	loyalty.BatchLedger
	Organization(ctx context.Context, orgID string) (organization.Organization, error)
	Program(ctx context.Context, orgID, programID string) (loyalty.Program, error)
	// ImportedCards returns the card of each reference in the program, and creates
	// customers and cards where they are missing; created counts those. At most
	// MaxImportRefs references may be given.
	ImportedCards(ctx context.Context, orgID, programID string, refs []string, now int64) (cards map[string]string, created int, err error)
	// ImportedLocations does the same for locations.
	ImportedLocations(ctx context.Context, orgID string, refs []string, now int64) (map[string]organization.Location, int, error)

	// OldNumbers returns what the numbers of cards from before are in the program already,
	// without those that are free. At most MaxImportRefs may be asked about.
	OldNumbers(ctx context.Context, orgID, programID string, numbers []string) (map[string]customer.OldNumberUse, error)
	// GiveOldNumbers lets numbers that are free lead to cards that have none, whose ids
	// stand with them.
	GiveOldNumbers(ctx context.Context, orgID, programID string, cards map[string]string) error

	// Analyze lets the database count what is in its tables, for its plans.
	Analyze(ctx context.Context) error

	// A dry run reads only, by these. UsedKeys returns which of the idempotency keys commands
	// used already, with the hashes of their bodies; at most MaxImportRefs may be asked about.
	UsedKeys(ctx context.Context, orgID string, keys []string) (map[string]string, error)
	Customers(ctx context.Context, orgID, query string, p paging.Page) (paging.List[customer.Customer], error)
	Cards(ctx context.Context, orgID, programID string, p paging.Page) (paging.List[customer.View], error)
	Entries(ctx context.Context, orgID, cardID string, p paging.Page) (paging.List[loyalty.Entry], error)
	Locations(ctx context.Context, orgID string, p paging.Page) (paging.List[organization.Location], error)
}

// ImportRecords keeps how runs went.
type ImportRecords interface {
	SaveImport(ctx context.Context, i customer.Import) error
	AddImportErrors(ctx context.Context, orgID, importID string, errs []customer.ImportError) error
	ImportErrors(ctx context.Context, orgID, importID string, p paging.Page) (paging.List[customer.ImportError], error)
	// Import tells whether somebody asked that the run be stopped.
	Import(ctx context.Context, orgID, importID string) (customer.Import, error)
}

// Importer brings receipts into programs.
type Importer struct {
	Store ImportStore
	// Records keeps the run; nil keeps nothing, for a dry run at the command line.
	Records ImportRecords
	Now     func() int64
}

// ReceiptFile is an export file and what its reader wants to hear.
type ReceiptFile struct {
	Path    string
	Mapping *receipt.Mapping
	// Bad is told of every row and receipt that could not be used; its error ends the
	// run. It may be nil.
	Bad func(*receipt.RowError) error
	// Progress is told now and then how far the run is. It may be nil.
	Progress func(ImportProgress)
}

// ImportPhase is what an import is doing.
type ImportPhase string

// The phases of an import.
const (
	PhaseReading  ImportPhase = "reading"  // counted in bytes
	PhaseEntering ImportPhase = "entering" // counted in receipts
)

// ImportProgress is how far an import is.
type ImportProgress struct {
	Phase       ImportPhase
	Done, Total int64
	Counts      customer.ImportCounts
}

// Run brings the file's receipts into the program of the run, one stamp command
// for each receipt, oldest first, and returns the run as it ended. The error is
// ErrStopped when the context ended, ErrStoppedByHand when somebody asked for it, a *receipt.FileError when the file is to
// blame, and otherwise what went wrong; the run's Status and Problem say the same.
//
// Every receipt has an idempotency key made of the program and its number. So a
// run can be stopped anywhere, and running the file again enters what is missing
// and nothing twice.
func (i Importer) Run(ctx context.Context, run customer.Import, file ReceiptFile) (customer.Import, error) {
	im := &importing{
		Importer: i, file: file, run: run,
		cards: map[string]string{}, locations: map[string]place{}, old: map[string]customer.OldNumberUse{},
	}
	err := im.begin(ctx)
	if err == nil {
		err = im.obey(ctx, im.work)
	}
	return im.finish(ctx, err)
}

// importing is one run under way.
type importing struct {
	Importer
	file    ReceiptFile
	run     customer.Import
	program loyalty.Program
	zone    *time.Location // of receipts without a location

	cards     map[string]string                // card ids by the file's customers
	locations map[string]place                 // by the file's locations
	old       map[string]customer.OldNumberUse // by the file's numbers of cards from before
	errs      []customer.ImportError
	kept      int // errors that were kept already
	// skip counts the errors that the same run kept before it was cut off. A file
	// gives its errors in the same order each time.
	skip int
}

// place is a location as a command needs it.
type place struct {
	id   string
	zone *time.Location
}

// begin marks the run as running. A run that was cut off counts from the beginning
// again, and does not list its errors twice.
func (im *importing) begin(ctx context.Context) error {
	if im.Records != nil && im.run.StartedAt != 0 {
		err := eachPage(customer.MaxImportErrors/paging.MaxLimit+1, func(p paging.Page) (string, error) {
			list, err := im.Records.ImportErrors(ctx, im.run.OrgID, im.run.ID, p)
			if err != nil {
				return "", fmt.Errorf("read the errors of before: %w", err)
			}
			im.skip += len(list.Items)
			return list.NextCursor, nil
		})
		if err != nil {
			return err
		}
	}
	im.run.Status, im.run.StartedAt, im.run.FinishedAt = customer.ImportRunning, im.Now(), 0
	im.run.Problem, im.run.ProblemCode, im.run.Counts = "", "", customer.ImportCounts{}
	return im.save(ctx)
}

func (im *importing) work(ctx context.Context) error {
	o, err := im.Store.Organization(ctx, im.run.OrgID)
	if err != nil {
		return fmt.Errorf("read the organization: %w", err)
	}
	im.zone = organization.LoadZone(o.Zone, "")
	if im.program, err = im.Store.Program(ctx, im.run.OrgID, im.run.ProgramID); err != nil {
		return fmt.Errorf("read the program: %w", err)
	}
	receipts, err := im.read(ctx)
	if err != nil {
		return err
	}
	im.run.Counts.Receipts = int64(len(receipts))
	if im.run.DryRun {
		return im.rehearse(ctx, receipts)
	}
	return im.enter(ctx, receipts)
}

// finish writes down how the run ended, even if its context has ended.
func (im *importing) finish(ctx context.Context, err error) (customer.Import, error) {
	stopped := ctx.Err() != nil && err != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishLimit)
	defer cancel()
	im.run.FinishedAt = im.Now()
	switch {
	case err == nil:
		im.run.Status = customer.ImportDone
	case errors.Is(err, ErrStoppedByHand):
		im.run.Status, im.run.ProblemCode, im.run.Problem = customer.ImportStopped, customer.ImportStoppedByHand, problemByHand
	case stopped:
		im.run.Status, im.run.ProblemCode, im.run.Problem = customer.ImportStopped, customer.ImportCutOff, problemStopped
		err = fmt.Errorf("%w: %w", ErrStopped, err)
	default:
		im.run.Status = customer.ImportFailed
		im.run.ProblemCode, im.run.Problem = problemOf(err)
	}
	return im.run, errors.Join(err, im.keepErrors(ctx), im.save(ctx))
}

// problemStopped is what a run says that was cut off.
const problemStopped = "The import was stopped. Run the same file again to go on."

// problemOf is what a run says about its failure to whoever may read imports. A
// fault of the system goes to the log instead: its words are not for them.
func problemOf(err error) (customer.ImportProblem, string) {
	var file *receipt.FileError
	switch {
	case errors.As(err, &file):
		return customer.ImportFileUnusable, "The file cannot be used: " + file.Error()
	case errors.Is(err, loyalty.ErrNotFound):
		return customer.ImportProgramGone, "The program is not there any more."
	default:
		return customer.ImportBrokeOff, "The import broke off. Run the same file again to go on; the log has the reason."
	}
}

func (im *importing) save(ctx context.Context) error {
	if im.Records == nil {
		return nil
	}
	if err := im.Records.SaveImport(ctx, im.run); err != nil {
		return fmt.Errorf("save the import: %w", err)
	}
	return nil
}

// bad counts nothing: who calls it knows what kind of trouble it is.
func (im *importing) bad(ctx context.Context, row *receipt.RowError) error {
	if im.file.Bad != nil {
		if err := im.file.Bad(row); err != nil {
			return err
		}
	}
	switch {
	case im.Records == nil || im.kept+len(im.errs) >= customer.MaxImportErrors:
		return nil
	case im.skip > 0:
		im.skip--
		im.kept++
		return nil
	}
	im.errs = append(im.errs, customer.ImportError{
		Row: int64(row.Row), Column: storable(row.Column), Value: storable(row.Value), Reason: storable(row.Reason),
		Code: string(row.Code), Params: row.Params,
	})
	if len(im.errs) < importErrorBatch {
		return nil
	}
	return im.keepErrors(ctx)
}

// storable returns s without the character that PostgreSQL takes in no text.
func storable(s string) string { return strings.ReplaceAll(s, "\x00", "\uFFFD") }

func (im *importing) keepErrors(ctx context.Context) error {
	if len(im.errs) == 0 {
		return nil
	}
	if err := im.Records.AddImportErrors(ctx, im.run.OrgID, im.run.ID, im.errs); err != nil {
		return fmt.Errorf("keep import errors: %w", err)
	}
	im.kept += len(im.errs)
	im.errs = im.errs[:0]
	return nil
}

func (im *importing) progress(phase ImportPhase, done, total int64) {
	if im.file.Progress != nil {
		im.file.Progress(ImportProgress{Phase: phase, Done: done, Total: total, Counts: im.run.Counts})
	}
}
