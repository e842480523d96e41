package api

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// Limits of exports.
const (
	// MaxExportRows is the most rows of a file.
	MaxExportRows = 200_000
	// MaxExports is how many are made at a time: one reads the database and packs all the
	// while.
	MaxExports = 2
	// exportTime is how long one may take, with a caller on a slow line.
	exportTime = 10 * time.Minute
	// maxNamed bounds the locations, programs and staff whose names are put into a file;
	// of more, their ids stand there alone.
	maxNamed = 2_000
)

// ExportStore is what exports are made of.
type ExportStore interface {
	ListStore
	AuditStore
	Locations(ctx context.Context, orgID string, p paging.Page) (paging.List[organization.Location], error)
	Programs(ctx context.Context, orgID string, p paging.Page) (paging.List[loyalty.Program], error)
	StaffList(ctx context.Context, orgID string, p paging.Page) (paging.List[organization.Staff], error)
}

type exportHandlers struct {
	store ExportStore
	// places holds one token for each export that is being made.
	places chan struct{}
	now    func() int64
	log    *slog.Logger
}

// ownFilters are the filters of each list, beside from and to.
var ownFilters = map[customer.ListKind][]string{
	customer.ListCustomers: {"query"},
	customer.ListCards:     {"program_id"},
	customer.ListEntries:   {"program_id", "customer_id", "location_id", "kind"},
	customer.ListCoupons:   {"program_id", "customer_id", "location_id", "status"},
}

// ExportList implements the contract.
func (h exportHandlers) ExportList(ctx context.Context, r contract.ExportListRequestObject) (contract.ExportListResponseObject, error) {
	rq := requestOf(ctx)
	kind := customer.ListKind(r.List)
	q, err := h.query(rq, kind, r.Params)
	if err != nil {
		return nil, err
	}
	n, err := h.store.CountListed(ctx, rq.principal.OrgID, kind, q, MaxExportRows+1)
	if err != nil {
		return nil, fmt.Errorf("count rows of an export: %w", err)
	}
	if n > MaxExportRows {
		return nil, invalid("from", "there are more than %d rows; ask for fewer days", MaxExportRows)
	}
	names, err := h.names(ctx, rq)
	if err != nil {
		return nil, err
	}
	select {
	case h.places <- struct{}{}:
	default:
		return nil, &problem{code: codeBusy, detail: "other exports are being made; ask again when they are done", retryAfter: 10}
	}
	if err := h.note(ctx, rq, kind, r.Params); err != nil {
		<-h.places
		return nil, err
	}
	x := tableFile{ctx: ctx, done: func() { <-h.places }, log: h.log, requestID: rq.id, format: sheetFormat(given(r.Params.Format)), mark: given(r.Params.Mark)}
	x.columns, x.rows = h.table(ctx, rq.principal.OrgID, kind, q, names)
	x.name = fmt.Sprintf("%s-%s-%s.%s", rq.organization.Slug, kind, time.UnixMilli(h.now()).In(names.zone).Format(time.DateOnly), x.format)
	return x, nil
}

// note adds the export to the audit log, with its filters. What was searched for may be a
// name, so it is not kept.
func (h exportHandlers) note(ctx context.Context, rq *request, kind customer.ListKind, p contract.ExportListParams) error {
	list := []access.Change{{Field: "format", After: string(sheetFormat(given(p.Format)))}}
	for _, f := range []access.Change{
		{Field: "program_id", After: given(p.ProgramID)},
		{Field: "customer_id", After: given(p.CustomerID)},
		{Field: "location_id", After: given(p.LocationID)},
		{Field: "status", After: string(given(p.Status))},
		{Field: "kind", After: string(given(p.Kind))},
		{Field: "from", After: given(p.From)},
		{Field: "to", After: given(p.To)},
	} {
		if f.After != "" {
			list = append(list, f)
		}
	}
	if p.Query != nil {
		list = append(list, access.Change{Field: "query"})
	}
	if err := h.store.NoteDeed(ctx, rq.principal.OrgID, access.ListExported, string(kind), list); err != nil {
		return fmt.Errorf("note an export: %w", err)
	}
	return nil
}

func (h exportHandlers) query(rq *request, kind customer.ListKind, p contract.ExportListParams) (customer.ListQuery, error) {
	from, to, err := span(rq.organization, p.From, p.To)
	if err != nil {
		return customer.ListQuery{}, err
	}
	for name, there := range map[string]bool{
		"query": p.Query != nil, "program_id": p.ProgramID != nil, "customer_id": p.CustomerID != nil,
		"location_id": p.LocationID != nil, "status": p.Status != nil, "kind": p.Kind != nil,
	} {
		if there && !slices.Contains(ownFilters[kind], name) {
			return customer.ListQuery{}, invalid(name, "is no filter of this list")
		}
	}
	return customer.ListQuery{
		Search: given(p.Query), ProgramID: given(p.ProgramID), CustomerID: given(p.CustomerID), LocationID: given(p.LocationID),
		CouponStatus: loyalty.CouponStatus(given(p.Status)), EntryKind: loyalty.EntryKind(given(p.Kind)), Now: h.now(), From: from, To: to,
	}, nil
}

// sheetFormat returns the format, csv if none is asked for.
func sheetFormat(f contract.ExportListParamsFormat) contract.ExportListParamsFormat {
	if f == "" {
		return contract.ExportListParamsFormatCsv
	}
	return f
}

// exported reads a list page by page and gives its rows one by one.
func exported[T any](read func(paging.Page) (paging.List[T], error), row func(T) []any) iter.Seq2[[]any, error] {
	const maxPages = MaxExportRows/paging.MaxLimit + 1
	return func(yield func([]any, error) bool) {
		p := paging.Page{Limit: paging.MaxLimit}
		for range maxPages {
			list, err := read(p)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range list.Items {
				if !yield(row(item), nil) {
					return
				}
			}
			if p.Cursor = list.NextCursor; p.Cursor == "" {
				return
			}
		}
		yield(nil, fmt.Errorf("the list has grown beyond %d rows", MaxExportRows))
	}
}
