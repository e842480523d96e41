package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/receipt"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

const importHelp = `Brings the receipts of a till's or web shop's export (CSV, XML or xlsx) into a stamp
program: each receipt is stamped once. The mapping file says which column means what;
deploy/maps/README.md explains it.

Running the same file again is safe: what was entered before is left alone. So is
stopping with Ctrl-C: run it again to go on. With --dry-run nothing is changed, and
the figures say what would happen.

Rows that cannot be used are written to an error file, with row, column and reason,
and the exit code is 4.`

// importOrder is what the command line asks for.
type importOrder struct {
	org, program, mapping, errors, file string
	dryRun                              bool
}

func (sh *shell) importCommand() *cobra.Command {
	var order importOrder
	c := &cobra.Command{
		Use:   "receipts FILE",
		Short: "Bring in receipts from a CSV, XML or xlsx file",
		Long:  importHelp,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one file to import, not %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			order.file = args[0]
			return sh.importReceipts(c.Context(), order)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&order.mapping, "map", "", "mapping file (YAML) that says what the columns mean")
	f.StringVar(&order.program, "program", "", "id of the program (default: the only one)")
	f.StringVar(&order.org, "org", "", "slug of the organization (default: the only one)")
	f.BoolVar(&order.dryRun, "dry-run", false, "change nothing, only say what would happen")
	f.StringVar(&order.errors, "errors", "", "error file (default: FILE.errors.csv, made only if there are errors)")
	_ = c.MarkFlagRequired("map") // the flag is there
	return group("import", "Bring in data from files", c)
}

func (sh *shell) importReceipts(ctx context.Context, order importOrder) error {
	mapping, err := readMapping(order.mapping)
	if err != nil {
		return err
	}
	if err := checkRegular(order.file); err != nil {
		return err
	}
	if order.errors == "" {
		order.errors = order.file + ".errors.csv"
	}
	return sh.withStore(ctx, func(st *store.Store) error { return sh.runImport(ctx, st, order, mapping) })
}

func readMapping(path string) (*receipt.Mapping, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("the mapping file cannot be read: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, receipt.MaxMappingBytes+1))
	if err != nil {
		return nil, usagef("the mapping file cannot be read: %w", err)
	}
	m, err := receipt.ParseMapping(text)
	if err != nil {
		return nil, usagef("%s: %w", path, err).hint("deploy/maps/README.md explains the keys.")
	}
	return m, nil
}

func checkRegular(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return usagef("the file cannot be read: %w", err)
	case !info.Mode().IsRegular():
		return usagef("%s is not a file", path)
	}
	return nil
}

func (sh *shell) runImport(ctx context.Context, st *store.Store, order importOrder, mapping *receipt.Mapping) (err error) {
	o, err := findOrganization(ctx, st, order.org)
	if err != nil {
		return err
	}
	p, err := findProgram(ctx, st, o.ID, order.program)
	if err != nil {
		return err
	}
	run := customer.Import{
		OrgID: o.ID, ID: typeid.New("imp"), ProgramID: p.ID, FileName: filepath.Base(order.file),
		DryRun: order.dryRun, Status: customer.ImportQueued, CreatedAt: sh.clock(),
	}
	importer := jobs.Importer{Store: st, Now: sh.clock}
	if !order.dryRun {
		if err := st.CreateImport(ctx, run); err != nil {
			return fmt.Errorf("keep the import: %w", err)
		}
		importer.Records = st
	}
	rejects := &rejectFile{path: order.errors}
	defer func() { err = errors.Join(err, rejects.close()) }()
	bar := sh.newImportBar()
	began := sh.now()
	done, err := importer.Run(ctx, run, jobs.ReceiptFile{
		Path: order.file, Mapping: mapping, Bad: rejects.add, Progress: bar.show,
	})
	bar.end()
	if !order.dryRun {
		err = errors.Join(err, sh.tellServers(ctx, st))
	}
	summary := newImportSummary(done, sh.now().Sub(began), rejects)
	if err := sh.show(summary, summary.print); err != nil {
		return err
	}
	return importProblem(err, done, order)
}

// tellServersTimeout bounds the last word of a command that may have been interrupted.
const tellServersTimeout = 10 * time.Second

// tellServers makes running servers forget what they show of cards: they are other
// processes, and nobody told them of what was entered here.
func (sh *shell) tellServers(ctx context.Context, st *store.Store) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellServersTimeout)
	defer cancel()
	if _, err := st.RaiseEpoch(ctx, sh.clock()); err != nil {
		return fmt.Errorf("tell the servers of it: %w", err)
	}
	return nil
}

// importProblem turns how an import ended into what the user is told.
func importProblem(err error, done customer.Import, order importOrder) error {
	var (
		file  *receipt.FileError
		known *exitError
	)
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, jobs.ErrStopped):
		return (&exitError{code: exitInterrupted, err: errors.New("the import was stopped; what was entered stays")}).
			hint("Run the same command again to go on.")
	case errors.As(err, &file):
		return failf("%s cannot be used: %w", order.file, file)
	case err != nil:
		return failf("the import broke off: %w", err).hint("What was entered stays. Run the same command again to go on.")
	case done.Counts.RowErrors+done.Counts.Refused > 0:
		return silent(exitPartly)
	}
	return nil
}

// rejectFile is the error file; it is made with its first row.
type rejectFile struct {
	path   string
	file   *os.File
	writer *receipt.ErrorWriter
	rows   int64
}

// rejectFileMode: the file may hold personal data.
const rejectFileMode = 0o600

func (r *rejectFile) add(row *receipt.RowError) error {
	if r.file == nil {
		f, err := os.OpenFile(r.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, rejectFileMode)
		if err != nil {
			return failf("the error file cannot be written: %w", err).hint("Name another with --errors.")
		}
		r.file = f
		if r.writer, err = receipt.NewErrorWriter(f); err != nil {
			return failf("the error file cannot be written: %w", err)
		}
	}
	r.rows++
	if err := r.writer.Write(row); err != nil {
		return failf("the error file cannot be written: %w", err)
	}
	return nil
}

func (r *rejectFile) close() error {
	if r.file == nil {
		return nil
	}
	if err := errors.Join(r.writer.Flush(), r.file.Close()); err != nil {
		return failf("the error file cannot be written: %w", err)
	}
	return nil
}

// importSummary is the result of an import.
type importSummary struct {
	ImportID     string  `json:"import_id,omitempty"`
	DryRun       bool    `json:"dry_run"`
	Status       string  `json:"status"`
	Rows         int64   `json:"rows"`
	RowErrors    int64   `json:"row_errors"`
	RowsLeftOut  int64   `json:"rows_left_out"`
	Receipts     int64   `json:"receipts"`
	Stamped      int64   `json:"stamped"`
	Replayed     int64   `json:"replayed"`
	Refused      int64   `json:"refused"`
	TooSmall     int64   `json:"too_small"`
	Stamps       int64   `json:"stamps"`
	Coupons      int64   `json:"coupons"`
	NewCustomers int64   `json:"new_customers"`
	NewLocations int64   `json:"new_locations"`
	ErrorFile    string  `json:"error_file,omitempty"`
	Seconds      float64 `json:"seconds"`
	RowsPerSec   int64   `json:"rows_per_second"`
}

func newImportSummary(done customer.Import, took time.Duration, rejects *rejectFile) importSummary {
	c := done.Counts
	s := importSummary{
		ImportID: done.ID, DryRun: done.DryRun, Status: string(done.Status),
		Rows: c.Rows, RowErrors: c.RowErrors, RowsLeftOut: c.RowsDropped,
		Receipts: c.Receipts, Stamped: c.Stamped, Replayed: c.Replayed, Refused: c.Refused, TooSmall: c.TooSmall,
		Stamps: c.Stamps, Coupons: c.Coupons, NewCustomers: c.NewCustomers, NewLocations: c.NewLocations,
		Seconds: took.Seconds(),
	}
	if s.DryRun {
		s.ImportID = "" // a dry run leaves no record
	}
	if took > 0 {
		s.RowsPerSec = int64(float64(c.Rows) / took.Seconds())
	}
	if rejects.rows > 0 {
		s.ErrorFile = rejects.path
	}
	return s
}

// print writes the table at the end of an import.
func (s importSummary) print(w io.Writer) {
	if s.DryRun {
		fmt.Fprintln(w, "A dry run: nothing was changed. This is what would happen:")
	}
	line := func(name string, n int64, note string) {
		if note != "" {
			note = "  " + note
		}
		fmt.Fprintf(w, "%-15s%12d%s\n", name, n, note)
	}
	line("rows", s.Rows, "")
	line("  with errors", s.RowErrors, "")
	line("  left out", s.RowsLeftOut, "(prescriptions, unknown legal class, no customer)")
	line("receipts", s.Receipts, "")
	line("  stamped", s.Stamped, "")
	line("  known before", s.Replayed, "(left as they were)")
	line("  refused", s.Refused, "")
	line("  too small", s.TooSmall, "(below the least amount, or a return)")
	line("stamps", s.Stamps, "")
	line("coupons", s.Coupons, "")
	line("new customers", s.NewCustomers, "")
	line("new locations", s.NewLocations, "")
	fmt.Fprintf(w, "%-15s%12.1f  %d rows a second\n", "seconds", s.Seconds, s.RowsPerSec)
	if s.ErrorFile != "" {
		fmt.Fprintf(w, "What could not be used stands in %s\n", s.ErrorFile)
	}
}
