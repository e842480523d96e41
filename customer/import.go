package customer

import "errors"

// ErrImportEnded is answered by what only an import that goes on can do.
var ErrImportEnded = errors.New("the import has ended")

// ImportStatus is where an import is.
type ImportStatus string

// The life of an import. Stopped is one whose process ended in the middle; running
// it again with the same file goes on where it stopped, because every receipt has
// an idempotency key of its own.
const (
	ImportQueued  ImportStatus = "queued"
	ImportRunning ImportStatus = "running"
	ImportDone    ImportStatus = "done"
	ImportFailed  ImportStatus = "failed"
	ImportStopped ImportStatus = "stopped"
)

// Import is one run that brings a shop's receipts into a program.
type Import struct {
	OrgID, ID, ProgramID string
	FileName             string
	DryRun               bool
	Status               ImportStatus
	// Counts are what has been done so far.
	Counts ImportCounts
	// BytesRead of BytesTotal of the file have been read.
	BytesRead, BytesTotal int64
	// Problem says why an import failed or was stopped, in an English sentence, and
	// ProblemCode is its stable name.
	Problem                          string
	ProblemCode                      ImportProblem
	CreatedAt, StartedAt, FinishedAt int64
	// StopAskedAt is when somebody asked that it be stopped, 0 if nobody did.
	StopAskedAt int64
}

// ImportProblem is the stable name of why an import did not come to its end.
type ImportProblem string

// Why an import did not come to its end.
const (
	ImportStoppedByHand ImportProblem = "stopped_by_hand"
	// ImportCutOff: the process was stopped.
	ImportCutOff       ImportProblem = "cut_off"
	ImportFileUnusable ImportProblem = "file_unusable"
	ImportProgramGone  ImportProblem = "program_gone"
	// ImportBrokeOff: the system had a fault, which the log tells.
	ImportBrokeOff ImportProblem = "broke_off"
)

// GoesOn reports whether the import waits or runs.
func (i Import) GoesOn() bool { return i.Status == ImportQueued || i.Status == ImportRunning }

// ImportCounts are the results of an import.
type ImportCounts struct {
	// Rows were read; RowErrors of them could not be used and are listed in the error
	// file; RowsDropped were left out: prescription medicines, unknown legal classes, and
	// rows of no customer where the mapping allows them.
	Rows, RowErrors, RowsDropped int64
	// Receipts were found; Stamped were entered now, Replayed had been before, Refused
	// were refused by the program's rules, TooSmall earned nothing by the mapping's.
	Receipts, Stamped, Replayed, Refused, TooSmall int64
	Stamps, Coupons                                int64
	NewCustomers, NewLocations                     int64
}

// ImportError is one line of an import's error file.
type ImportError struct {
	Row           int64
	Column, Value string
	// Reason says in English why the row or receipt could not be used. Code is its stable
	// name, and Params are the values that a sentence in another language needs, by name;
	// both are empty for errors from before there were names.
	Reason, Code string
	Params       map[string]string
}

// MaxImportErrors bounds the errors kept of one import; more are only counted.
const MaxImportErrors = 10_000
