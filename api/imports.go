package api

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/sheet"
)

// ImportStore keeps how imports went. What is not there or is another
// organization's is organization.ErrNotFound.
type ImportStore interface {
	Import(ctx context.Context, orgID, id string) (customer.Import, error)
	Imports(ctx context.Context, orgID string, p paging.Page) (paging.List[customer.Import], error)
	// StopImport asks that an import be stopped and returns it, or customer.ErrImportEnded.
	StopImport(ctx context.Context, orgID, id string, now int64) (customer.Import, error)
	ImportErrors(ctx context.Context, orgID, importID string, p paging.Page) (paging.List[customer.ImportError], error)
	// Program returns loyalty.ErrNotFound for one that is not there.
	Program(ctx context.Context, orgID, id string) (loyalty.Program, error)
}

// ImportStarter starts imports of receipts.
type ImportStarter interface {
	// Start takes the file over, which it has read when it returns, and begins to
	// import it in the background. The import it returns is queued or running. A
	// mapping or file that cannot be used is an *organization.InvalidFieldError for the
	// field "mapping" or "file".
	Start(ctx context.Context, orgID, programID, fileName string, mapping []byte, file io.Reader, dryRun bool, by access.Principal) (customer.Import, error)
}

type importHandlers struct {
	store     ImportStore
	imports   ImportStarter
	now       func() int64
	log       *slog.Logger
	sentences Sentences
}

// CreateImport implements the contract.
func (h importHandlers) CreateImport(ctx context.Context, r contract.CreateImportRequestObject) (contract.CreateImportResponseObject, error) {
	p := requestOf(ctx).principal
	u, err := readUpload(r.Body)
	defer u.close()
	if err != nil {
		return nil, err
	}
	if _, err := h.store.Program(ctx, p.OrgID, u.programID); err != nil {
		return nil, missing(codeProgramNotFound, err)
	}
	started, err := h.imports.Start(ctx, p.OrgID, u.programID, u.fileName, u.mapping, u.file, u.dryRun, p)
	if err != nil {
		return nil, fmt.Errorf("start import: %w", err)
	}
	return contract.CreateImport202JSONResponse(importView(started)), nil
}

// ListImports implements the contract.
func (h importHandlers) ListImports(ctx context.Context, r contract.ListImportsRequestObject) (contract.ListImportsResponseObject, error) {
	list, err := h.store.Imports(ctx, requestOf(ctx).principal.OrgID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return contract.ListImports200JSONResponse{Data: each(list.Items, importView), NextCursor: optional(list.NextCursor)}, nil
}

// GetImport implements the contract.
func (h importHandlers) GetImport(ctx context.Context, r contract.GetImportRequestObject) (contract.GetImportResponseObject, error) {
	i, err := h.store.Import(ctx, requestOf(ctx).principal.OrgID, r.ImportID)
	if err != nil {
		return nil, missing(codeImportNotFound, err)
	}
	return contract.GetImport200JSONResponse(importView(i)), nil
}

// StopImport implements the contract.
func (h importHandlers) StopImport(ctx context.Context, r contract.StopImportRequestObject) (contract.StopImportResponseObject, error) {
	i, err := h.store.StopImport(ctx, requestOf(ctx).principal.OrgID, r.ImportID, h.now())
	if err != nil {
		return nil, missing(codeImportNotFound, err)
	}
	return contract.StopImport202JSONResponse(importView(i)), nil
}

// ListImportErrors implements the contract.
func (h importHandlers) ListImportErrors(ctx context.Context, r contract.ListImportErrorsRequestObject) (contract.ListImportErrorsResponseObject, error) {
	rq := requestOf(ctx)
	orgID := rq.principal.OrgID
	list, err := h.store.ImportErrors(ctx, orgID, r.ImportID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, missing(codeImportNotFound, err)
	}
	if len(list.Items) == 0 {
		if _, err := h.store.Import(ctx, orgID, r.ImportID); err != nil {
			return nil, missing(codeImportNotFound, err)
		}
	}
	return contract.ListImportErrors200JSONResponse{
		Data: each(list.Items, func(e customer.ImportError) contract.ImportError {
			return contract.ImportError{
				Row: e.Row, Column: e.Column, Value: e.Value, Reason: e.Reason,
				Code: optional(contract.ImportReason(e.Code)), Params: e.Params, StaffMessage: optional(h.said(rq.locale(), e)),
			}
		}),
		NextCursor: optional(list.NextCursor),
	}, nil
}

// said is why a row could not be used in the locale, "" for one from before there were names.
func (h importHandlers) said(locale string, e customer.ImportError) string {
	if e.Code == "" {
		return ""
	}
	return h.sentences.ImportReason(locale, e.Code, e.Params)
}

func importView(i customer.Import) contract.Import {
	c := i.Counts
	return contract.Import{
		ID: i.ID, ProgramID: i.ProgramID, FileName: i.FileName, DryRun: i.DryRun, Status: contract.ImportStatus(i.Status),
		Counts: contract.ImportCounts{
			Rows: c.Rows, RowErrors: c.RowErrors, RowsDropped: c.RowsDropped, Receipts: c.Receipts, Stamped: c.Stamped,
			Replayed: c.Replayed, Refused: c.Refused, TooSmall: c.TooSmall, Stamps: c.Stamps, Coupons: c.Coupons,
			NewCustomers: c.NewCustomers, NewLocations: c.NewLocations,
		},
		BytesRead: i.BytesRead, BytesTotal: i.BytesTotal, Problem: optional(i.Problem), ProblemCode: optional(contract.ImportProblemCode(i.ProblemCode)), CreatedAt: instant(i.CreatedAt),
		StartedAt: optionalInstant(i.StartedAt), FinishedAt: optionalInstant(i.FinishedAt), StopAskedAt: optionalInstant(i.StopAskedAt),
	}
}

// errorFileColumns are those of an import's error file.
var errorFileColumns = []sheet.Column{{Name: "row", Kind: sheet.Number}, {Name: "column"}, {Name: "value"}, {Name: "reason"}, {Name: "code"}}

// GetImportErrorFile implements the contract.
func (h importHandlers) GetImportErrorFile(ctx context.Context, r contract.GetImportErrorFileRequestObject) (contract.GetImportErrorFileResponseObject, error) {
	rq := requestOf(ctx)
	i, err := h.store.Import(ctx, rq.principal.OrgID, r.ImportID)
	if err != nil {
		return nil, missing(codeImportNotFound, err)
	}
	locale := cmp.Or(given(r.Params.Locale), rq.locale())
	return tableFile{
		ctx: ctx, done: func() {}, log: h.log, requestID: rq.id, format: contract.ExportListParamsFormatCsv, mark: true, columns: errorFileColumns,
		name: fmt.Sprintf("%s-errors-of-%s.csv", rq.organization.Slug, i.ID),
		rows: exported(func(p paging.Page) (paging.List[customer.ImportError], error) {
			return h.store.ImportErrors(ctx, i.OrgID, i.ID, p)
		},
			func(e customer.ImportError) []any {
				return []any{e.Row, e.Column, e.Value, cmp.Or(h.said(locale, e), e.Reason), e.Code}
			}),
	}, nil
}
