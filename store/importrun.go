package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

const importColumns = "org_id, id, program_id, file_name, dry_run, status, counts, bytes_read, bytes_total, problem, problem_code, " +
	"created_at, started_at, finished_at, stop_asked_at"

// storedCounts is the form in which counts are kept as JSON. Its names are part of the
// schema: fields may be added, not renamed.
type storedCounts struct {
	Rows         int64 `json:"rows"`
	RowErrors    int64 `json:"row_errors"`
	RowsDropped  int64 `json:"rows_dropped"`
	Receipts     int64 `json:"receipts"`
	Stamped      int64 `json:"stamped"`
	Replayed     int64 `json:"replayed"`
	Refused      int64 `json:"refused"`
	TooSmall     int64 `json:"too_small"`
	Stamps       int64 `json:"stamps"`
	Coupons      int64 `json:"coupons"`
	NewCustomers int64 `json:"new_customers"`
	NewLocations int64 `json:"new_locations"`
}

func scanImport(r scanner) (m customer.Import, err error) {
	var counts string
	err = r.Scan(&m.OrgID, &m.ID, &m.ProgramID, &m.FileName, &m.DryRun, &m.Status, &counts, &m.BytesRead, &m.BytesTotal, &m.Problem, &m.ProblemCode,
		&m.CreatedAt, &m.StartedAt, &m.FinishedAt, &m.StopAskedAt)
	var c storedCounts
	if err == nil {
		err = json.Unmarshal([]byte(counts), &c)
	}
	if err != nil {
		return m, fmt.Errorf("read import: %w", err)
	}
	m.Counts = customer.ImportCounts(c)
	return m, nil
}

func writeCounts(c customer.ImportCounts) (string, error) {
	b, err := json.Marshal(storedCounts(c))
	if err != nil {
		return "", fmt.Errorf("write counts of import: %w", err)
	}
	return string(b), nil
}

// CreateImport adds an import. It returns organization.ErrNotFound if there is no such
// program.
func (s *Store) CreateImport(ctx context.Context, m customer.Import) error {
	counts, err := writeCounts(m.Counts)
	if err != nil {
		return err
	}
	return noSuchReference(taken(s.write(ctx, m.OrgID, func(tx *transaction) error {
		err := insert(ctx, tx, "import_run", importColumns, []any{
			m.OrgID, m.ID, m.ProgramID, m.FileName, m.DryRun, string(m.Status), counts, m.BytesRead, m.BytesTotal, m.Problem, string(m.ProblemCode),
			m.CreatedAt, m.StartedAt, m.FinishedAt, m.StopAskedAt,
		})
		if err != nil {
			return err
		}
		return s.note(ctx, tx, m.OrgID, access.ImportStarted, m.ID, nil, importFacts(m))
	})))
}

// SaveImport keeps how far the import is, or returns organization.ErrNotFound.
func (s *Store) SaveImport(ctx context.Context, m customer.Import) error {
	counts, err := writeCounts(m.Counts)
	if err != nil {
		return err
	}
	return s.write(ctx, m.OrgID, func(tx *transaction) error {
		n, err := exec(ctx, tx, "UPDATE import_run SET status = $3, counts = $4, bytes_read = $5, bytes_total = $6, problem = $7, "+
			"problem_code = $8, started_at = $9, finished_at = $10 WHERE org_id = $1 AND id = $2",
			m.OrgID, m.ID, string(m.Status), counts, m.BytesRead, m.BytesTotal, m.Problem, string(m.ProblemCode), m.StartedAt, m.FinishedAt)
		return foundOne(n, err, organization.ErrNotFound)
	})
}

// StopImport asks that an import be stopped, which the process that runs it will find, and
// returns it as it is now. Asking again changes nothing. It returns organization.ErrNotFound
// and customer.ErrImportEnded.
func (s *Store) StopImport(ctx context.Context, orgID, id string, now int64) (customer.Import, error) {
	var m customer.Import
	err := s.write(ctx, orgID, func(tx *transaction) error {
		n, err := exec(ctx, tx, "UPDATE import_run SET stop_asked_at = $3 "+
			"WHERE org_id = $1 AND id = $2 AND status IN ('queued', 'running') AND stop_asked_at = 0", orgID, id, now)
		if err != nil {
			return err
		}
		m, err = one(ctx, tx, organization.ErrNotFound, scanImport,
			"SELECT "+importColumns+" FROM import_run WHERE org_id = $1 AND id = $2", orgID, id)
		switch {
		case err != nil:
			return err
		case !m.GoesOn():
			return customer.ErrImportEnded
		case n == 0:
			return nil
		}
		return s.note(ctx, tx, orgID, access.ImportStopped, id, nil, nil)
	})
	return m, err
}

// Import returns an import, or organization.ErrNotFound.
func (s *Store) Import(ctx context.Context, orgID, id string) (customer.Import, error) {
	return readOne(ctx, s, orgID, organization.ErrNotFound, scanImport,
		"SELECT "+importColumns+" FROM import_run WHERE org_id = $1 AND id = $2", orgID, id)
}

// Imports returns a page of the organization's imports, newest first.
func (s *Store) Imports(ctx context.Context, orgID string, p paging.Page) (paging.List[customer.Import], error) {
	before := importsEnd
	if p.Cursor != "" {
		parts, err := paging.Decode(p.Cursor, 1)
		if err != nil {
			return paging.List[customer.Import]{}, err
		}
		before = parts[0]
	}
	list, err := readAll(ctx, s, orgID, scanImport,
		"SELECT "+importColumns+" FROM import_run WHERE org_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3", orgID, before, p.Size()+1)
	return paging.Cut(p, list, func(m customer.Import) []string { return []string{m.ID} }), err
}

// importsEnd sorts behind the id of every import.
const importsEnd = "imp_z"

// AddImportErrors adds lines to the error file of an import, up to
// customer.MaxImportErrors in all; what is more is left out. It returns
// organization.ErrNotFound if there is no such import.
func (s *Store) AddImportErrors(ctx context.Context, orgID, importID string, list []customer.ImportError) error {
	err := s.write(ctx, orgID, func(tx *transaction) error {
		n, err := one(ctx, tx, nil, scan1[int],
			"SELECT COALESCE(MAX(error_no), 0) FROM import_error WHERE org_id = $1 AND import_id = $2", orgID, importID)
		if err != nil {
			return err
		}
		list := list[:min(len(list), max(customer.MaxImportErrors-n, 0))]
		args := make([]any, 0, 9*len(list))
		for i, e := range list {
			params, err := writeParams(e.Params)
			if err != nil {
				return err
			}
			args = append(args, orgID, importID, n+i+1, e.Row, e.Column, e.Value, e.Reason, e.Code, params)
		}
		return insert(ctx, tx, "import_error", "org_id, import_id, error_no, row_no, column_name, cell, reason, code, params", args)
	})
	return noSuchReference(err)
}

// writeParams returns the JSON of the values of a reason, "" for none.
func writeParams(params map[string]string) (string, error) {
	if len(params) == 0 {
		return "", nil
	}
	b, err := json.Marshal(params)
	if err != nil {
		return "", fmt.Errorf("write params of an import error: %w", err)
	}
	return string(b), nil
}

// ImportErrors returns a page of an import's error file, in the order of the file.
func (s *Store) ImportErrors(ctx context.Context, orgID, importID string, p paging.Page) (paging.List[customer.ImportError], error) {
	after, _, err := afterCursor(p.Cursor)
	if err != nil {
		return paging.List[customer.ImportError]{}, err
	}
	type numbered struct {
		no int64
		customer.ImportError
	}
	list, err := readAll(ctx, s, orgID, func(r scanner) (e numbered, err error) {
		var params string
		err = r.Scan(&e.no, &e.Row, &e.Column, &e.Value, &e.Reason, &e.Code, &params)
		if err == nil && params != "" {
			err = json.Unmarshal([]byte(params), &e.Params)
		}
		if err != nil {
			err = fmt.Errorf("read import error: %w", err)
		}
		return e, err
	}, "SELECT error_no, row_no, column_name, cell, reason, code, params FROM import_error "+
		"WHERE org_id = $1 AND import_id = $2 AND error_no > $3 ORDER BY error_no LIMIT $4", orgID, importID, after, p.Size()+1)
	page := paging.Cut(p, list, func(e numbered) []string { return []string{fmt.Sprint(e.no), ""} })
	plain := paging.List[customer.ImportError]{NextCursor: page.NextCursor}
	for _, e := range page.Items {
		plain.Items = append(plain.Items, e.ImportError)
	}
	return plain, err
}

// afterCursor is beforeCursor for a list that is shown from its beginning.
func afterCursor(cursor string) (int64, string, error) {
	if cursor == "" {
		return 0, "", nil
	}
	return beforeCursor(cursor)
}
