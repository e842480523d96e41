package api

import (
	"context"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/paging"
)

// AuditStore keeps the audit log. What changes something is noted by the method that
// changes it, with the doer of the context.
type AuditStore interface {
	AuditLog(ctx context.Context, orgID string, q access.AuditQuery, p paging.Page) (paging.List[access.Deed], error)
	// NoteDeed adds a line about something that changes nothing in the store.
	NoteDeed(ctx context.Context, orgID string, action access.Action, subjectID string, changes []access.Change) error
}

type auditHandlers struct {
	store AuditStore
}

// ListAuditLog implements the contract.
func (h auditHandlers) ListAuditLog(ctx context.Context, r contract.ListAuditLogRequestObject) (contract.ListAuditLogResponseObject, error) {
	rq := requestOf(ctx)
	from, to, err := span(rq.organization, r.Params.From, r.Params.To)
	if err != nil {
		return nil, err
	}
	q := access.AuditQuery{
		Action: access.Action(given(r.Params.Action)), DoerID: given(r.Params.DoerID), SubjectID: given(r.Params.SubjectID), From: from, To: to,
	}
	list, err := h.store.AuditLog(ctx, rq.principal.OrgID, q, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return contract.ListAuditLog200JSONResponse{Data: each(list.Items, auditView), NextCursor: optional(list.NextCursor)}, nil
}

func auditView(d access.Deed) contract.AuditLine {
	return contract.AuditLine{
		ID: d.ID, At: instant(d.At), Action: contract.AuditAction(d.Action), SubjectID: d.SubjectID, SubjectName: optional(d.SubjectName), RequestID: optional(d.Doer.RequestID),
		Doer: contract.Doer{Kind: contract.DoerKind(d.Doer.Kind), ID: optional(d.Doer.ID), Name: optional(d.DoerName)},
		Changes: each(d.Changes, func(c access.Change) contract.AuditChange {
			return contract.AuditChange{Field: c.Field, Before: optional(c.Before), After: optional(c.After)}
		}),
	}
}
